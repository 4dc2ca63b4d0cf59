/** An exception as Python prints it, raw. */
export interface Traceback {
  /** Class as printed, such as `AssertionError`; the module in front is left out. */
  exception: string
  /** null for an exception without words. */
  message: string | null
  /** Frames of the test script, innermost last. */
  frames: string[]
  /** Line of the script of the innermost frame. */
  scriptLine: number | null
  /** The driver's own code raised it, below a call of the script. */
  inDriver: boolean
  /** Leaving a `with` block of the script raised it; the block itself had ended well. */
  leavingBlock: boolean
}

interface StackFrame {
  file: string
  line: number
  name: string
  source: string | null
}

//   File "<string>", line 3, in <module>
//   File "suites/vm/web.ts", line 12, in body                    (ours)
const frameLine = /^ {2}File "([^"]*)", line (\d+)(?:, in (.*))?$/
// BrokenPipeError: [Errno 32] Broken pipe
const exceptionLine = /^([A-Za-z_][\w.]*)(?:: ?([\s\S]*))?$/
// The above exception was the direct cause of the following exception:
const chain =
  /^(?:During handling of the above exception, another exception occurred:|The above exception was the direct cause of the following exception:)$/
const header = 'Traceback (most recent call last):'

/**
 * @param lines from the header on, without any prefix
 * @returns the last exception of a chain, or null when its last line is missing
 */
export function parseTraceback(lines: string[]): Traceback | null {
  const { frames, at } = readFrames(lines, startOfLast(lines))
  const match = exceptionLine.exec(lines[at] ?? '')
  if (!match?.[1]) return null
  const words = [match[2] ?? '', ...lines.slice(at + 1)]
  while (words.length > 1 && words.at(-1) === '') words.pop()
  const message = words.join('\n')
  return {
    exception: match[1].split('.').at(-1) as string,
    message: message === '' ? null : message,
    ...scriptPlace(frames),
  }
}

/** In a chain the last exception is the one that ended the script; a message may imitate a chain's header only. */
function startOfLast(lines: string[]): number {
  for (let at = lines.length - 1; at > 1; at--) {
    if (lines[at] === header && lines[at - 1] === '' && chain.test(lines[at - 2] ?? '')) return at + 1
  }
  return 1
}

function readFrames(lines: string[], from: number): { frames: StackFrame[]; at: number } {
  const frames: StackFrame[] = []
  let at = from
  for (; at < lines.length; at++) {
    const line = lines[at] as string
    const match = frameLine.exec(line)
    if (match) {
      frames.push({ file: match[1] ?? '', line: Number(match[2]), name: match[3] ?? '', source: null })
    } else if (line.startsWith('    ')) {
      const frame = frames.at(-1)
      if (frame) frame.source ??= line.trim()
    } else if (line !== '' && !line.startsWith('  ')) break
  }
  return { frames, at }
}

function scriptPlace(frames: StackFrame[]) {
  const inner = frames.findLastIndex(isScript)
  const below = frames.slice(inner + 1)
  return {
    frames: frames.filter(isScript).map(frameText),
    scriptLine: frames[inner]?.line ?? null,
    inDriver: below.some(({ file }) => /test_driver|nixos-test-driver/.test(file)),
    leavingBlock: below[0]?.name === '__exit__' && below[0].source === 'next(self.gen)',
  }
}

/** NixOS's driver is given its script as a text without a file; ours reads it from a suite. */
function isScript({ file }: StackFrame): boolean {
  return file === '<string>' || (file.endsWith('.ts') && !file.startsWith('test_driver/'))
}

function frameText({ file, line, name, source }: StackFrame): string {
  const place = `File "${file}", line ${line}${name === '' ? '' : `, in ${name}`}`
  return source === null ? place : `${place}: ${source}`
}

/** Only the driver's own traceback runs through these; a script may print any other. */
const driverFrame = /^ {2}File "[^"]*", line \d+, in (?:run_tests|test_script)$/
const lineLimit = 20_000

/**
 * The interpreter's traceback, which stands bare behind the clean-up. Everything behind a genuine one is its
 * message, until the driver's farewell.
 */
export class BareTraceback {
  #lines: string[] | null = null
  genuine = false
  #closed = false

  get isFresh(): boolean {
    return this.#lines === null
  }

  /** @returns false when the line is none of the traceback's */
  take(line: string): boolean {
    // kill vlan (pid 8510)        Exception ignored in: <function VLan.__del__ at 0x7f568eb647c0>
    if (this.genuine && /^(?:kill vlan \(pid|Exception ignored in)/.test(line)) this.#closed = true
    if (this.#closed || line.startsWith('vde_switch: EOF')) return false
    // vde_switch: Caught signal 15, cleaning up and exitingTraceback (most recent call last):
    if (!this.genuine && line.endsWith(header)) {
      this.#lines = [header]
      return true
    }
    if (!this.#lines || this.#lines.length > lineLimit) return false
    // vde_switch: Caught signal 15, cleaning up and exiting          (another process speaks in between)
    const own = line.replace(/^vde_switch: (?= {2}File)/, '')
    if (/^vde_switch: |^Caught signal \d+, cleaning up/.test(own)) return true
    this.#lines.push(own)
    if (driverFrame.test(own)) this.genuine = true
    return this.genuine
  }

  /** @returns null when there was none, or it broke off before its last line */
  parse(): Traceback | null {
    return this.genuine && this.#lines ? parseTraceback(this.#lines) : null
  }
}
