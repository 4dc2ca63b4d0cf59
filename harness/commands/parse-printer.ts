import { once } from 'node:events'
import type { CheckReport } from '../model/report.ts'
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

export async function createPrinter(format: ParseArguments['format']): Promise<CheckPrinter> {
  const write = standardOutput()
  switch (format) {
    case 'json':
      return jsonPrinter(write)
    case 'junit':
      return await junitPrinter(write)
    case 'tree':
      return await treePrinter(write)
  }
}

/** Characters that are written at once. */
const batchSize = 64 * 1024

type Write = (text: string) => Promise<void>

/** Waits while the reader of standard output is slower than we are. */
function standardOutput(): Write {
  let broken = false
  guardStandardStreams()
  process.stdout.on('error', () => {
    broken = true
  })
  return async (text) => {
    if (broken) throw new BrokenOutput()
    if (process.stdout.write(text)) return
    await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(() => {
      throw new BrokenOutput()
    })
  }
}

/** `{"schema": 1, "checks": [...]}`, a check a line. */
function jsonPrinter(write: Write): CheckPrinter {
  let separator = '{"schema":1,"checks":[\n'
  let waiting = ''
  return {
    check: async (check) => {
      waiting += `${separator}${JSON.stringify(check)}`
      separator = ',\n'
      if (waiting.length < batchSize) return
      const batch = waiting
      waiting = ''
      await write(batch)
    },
    end: () => write(separator === ',\n' ? `${waiting}\n]}\n` : '{"schema":1,"checks":[]}\n'),
  }
}

async function treePrinter(write: Write): Promise<CheckPrinter> {
  const { formatTree } = await import('../reporters/tree.ts')
  const color = hasColor(process.stdout)
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY
  let separator = ''
  return {
    check: async (check) => {
      await write(`${separator}${formatTree([check], { color, width })}`)
      separator = '\n'
    },
    end: async () => {},
  }
}

/** JUnit counts in its first line, so it has to wait for all checks. */
async function junitPrinter(write: Write): Promise<CheckPrinter> {
  const { formatJunit } = await import('../reporters/junit.ts')
  const checks: CheckReport[] = []
  return {
    check: async (check) => {
      checks.push(check)
    },
    end: () => write(formatJunit({ run: null, checks })),
  }
}
