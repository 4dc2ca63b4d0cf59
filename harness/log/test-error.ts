import { reset } from './text.ts'

/** `Test "NAME" failed with error: "MESSAGE"`, raw. */
export interface TestError {
  name: string
  message: string
}

const limit = 1024 * 1024
// command `exit 7` failed (exit code 7)"
const commandEnds = /` (?:failed \(exit code -?\d+\)|unexpectedly succeeded)"$/
const between = '" failed with error: "'

/**
 * Gathers such a line, which both name and message can stretch over many. A command's message ends where the
 * driver's words say so; any other at the last quote before the driver's next line.
 */
export class TestErrorLines {
  readonly lines: string[] = []
  #size = 0
  readonly #names: string[]

  /** @param names of the subtests that it may speak of, innermost first */
  constructor(names: string[]) {
    this.#names = names
  }

  /** @returns true when the record is certainly complete with this line */
  take(raw: string): boolean {
    this.lines.push(raw)
    this.#size += raw.length
    if (this.#size > limit) return true
    const parsed = this.#parse(this.lines.length)
    return parsed?.isCommand === true && parsed.complete
  }

  /** Nothing that looks like a driver line can end it yet. */
  get insideCommand(): boolean {
    const parsed = this.#parse(this.lines.length)
    return parsed === null || (parsed.isCommand && !parsed.complete)
  }

  /** @returns the record, and the lines taken that are not its own */
  finish(): { error: TestError | null; surplus: string[] } {
    const last = this.lines.length
    const own =
      this.lines[last - 1]?.endsWith('"') === true
        ? last
        : this.lines.findIndex((line) => line.endsWith('"')) + 1
    const count = own > 0 ? own : 1
    const parsed = this.#parse(count)
    if (!parsed) return { error: null, surplus: this.lines.slice(1) }
    const message = parsed.message.endsWith('"') ? parsed.message.slice(0, -1) : parsed.message
    return { error: { name: parsed.name, message }, surplus: this.lines.slice(count) }
  }

  #parse(count: number): { name: string; message: string; isCommand: boolean; complete: boolean } | null {
    const text = this.lines.slice(0, count).join('\n')
    const name = this.#names.find((one) => text.startsWith(`Test "${one}${between}`)) ?? nameIn(text)
    if (name === null) return null
    const message = text.slice(6 + name.length + between.length)
    return { name, message, isCommand: message.startsWith('command `'), complete: commandEnds.test(message) }
  }
}

function nameIn(text: string): string | null {
  const at = text.indexOf(between)
  return at === -1 ? null : text.slice(6, at)
}

/** Behind `!!! ` there is a reset in front of the words; a terminal's wrapper may add one at the end. */
export function isTestError(raw: string): boolean {
  return raw.startsWith('Test "') && !raw.startsWith(reset)
}
