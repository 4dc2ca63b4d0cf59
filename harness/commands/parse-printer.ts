import { runSettings } from '../filesystem/run-settings.ts'
import type { CheckReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { hasColor } from '../terminal/color.ts'
import type { ParseArguments } from './arguments.ts'
import { guardStandardStreams } from './standard-streams.ts'

/** Nobody reads standard output any more. */
export class BrokenOutput extends Error {}

/** Prints reports one by one, so that an input with thousands of tests needs the memory of one. */
export interface CheckPrinter {
  check(check: CheckReport): Promise<void>
  end(): Promise<void>
}

/** A printer to standard output. @throws BrokenOutput from its methods, once nobody reads any more */
export async function createPrinter(
  args: Pick<ParseArguments, 'format' | 'quiet' | 'junitGranularity'>,
): Promise<CheckPrinter> {
  const { format, quiet = false } = args
  const write = standardOutput()
  switch (format) {
    case 'json':
      return jsonPrinter(write)
    case 'junit':
      return await junitPrinter(write, granularityOf(args))
    case 'tree':
      return await treePrinter(write, quiet)
  }
}

/** yargs looks at the choices of no option that has a dash in its name. @throws UserError */
function granularityOf({
  junitGranularity = 'assertion',
}: Pick<ParseArguments, 'junitGranularity'>): JunitGranularity {
  return runSettings.junitGranularity(junitGranularity, '--junit-granularity')
}

/** Bytes that are written at once. */
const batchSize = 64 * 1024

type Write = (bytes: string | Uint8Array) => Promise<void>

/** Waits while the reader of standard output is slower than we are. */
function standardOutput(): Write {
  let goOn = () => {}
  let broken = false
  guardStandardStreams()
  process.stdout.on('drain', () => goOn())
  for (const end of ['error', 'close']) {
    process.stdout.on(end, () => {
      broken = true
      goOn()
    })
  }
  return async (bytes) => {
    if (!broken && process.stdout.write(bytes)) return
    if (!broken) {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    if (broken) throw new BrokenOutput()
  }
}

/** `{"schema": 1, "checks": [...]}`, a check a line. */
function jsonPrinter(write: Write): CheckPrinter {
  let separator = '{"schema":1,"checks":[\n'
  const batch = new Batch(write)
  return {
    check: async (check) => {
      const text = `${separator}${JSON.stringify(check)}`
      separator = ',\n'
      await batch.add(text)
    },
    end: async () => {
      await batch.add(separator === ',\n' ? '\n]}\n' : '{"schema":1,"checks":[]}\n')
      await batch.flush()
    },
  }
}

/** Encodes each text as it comes: joining thousands of strings first takes longer than making them. */
class Batch {
  readonly #write: Write
  #bytes = Buffer.allocUnsafe(batchSize)
  #filled = 0

  constructor(write: Write) {
    this.#write = write
  }

  async add(text: string): Promise<void> {
    // A character takes up to three bytes.
    if (3 * text.length > batchSize - this.#filled) await this.flush()
    if (3 * text.length > batchSize) await this.#write(text)
    else this.#filled += this.#bytes.write(text, this.#filled)
  }

  async flush(): Promise<void> {
    if (this.#filled === 0) return
    const bytes = this.#bytes.subarray(0, this.#filled)
    // What was written may still be on its way.
    this.#bytes = Buffer.allocUnsafe(batchSize)
    this.#filled = 0
    await this.#write(bytes)
  }
}

async function treePrinter(write: Write, quiet: boolean): Promise<CheckPrinter> {
  const { formatTree } = await import('../reporters/tree.ts')
  const color = hasColor(process.stdout)
  const width = process.stdout.columns || Number.POSITIVE_INFINITY
  let separator = ''
  return {
    check: async (check) => {
      if (quiet && check.outcome === 'passed') return
      await write(`${separator}${formatTree([check], { color, width, assertions: !quiet })}`)
      separator = '\n'
    },
    end: async () => {},
  }
}

/** JUnit counts in its first line, so it has to wait for all checks. */
async function junitPrinter(write: Write, granularity: JunitGranularity): Promise<CheckPrinter> {
  const { junitDocument } = await import('../reporters/junit.ts')
  const checks: CheckReport[] = []
  return {
    check: async (check) => {
      checks.push(check)
    },
    end: async () => {
      const { pieces, remarks } = junitDocument({ run: null, checks }, { granularity })
      for (const piece of pieces) await write(piece)
      for (const remark of remarks) process.stderr.write(`vmproof: ${remark}\n`)
    },
  }
}
