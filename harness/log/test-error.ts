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
  /** Once both ends of the name are known. */
  #name: string | null = null
  #isCommand = false
  readonly #names: string[]

  /** @param names of the subtests that it may speak of, innermost first */
  constructor(names: string[]) {
    this.#names = names
  }

  /** @returns true when the record is certainly complete with this line */
  take(raw: string): boolean {
    this.lines.push(raw)
    this.#size += raw.length
    if (this.#name === null) this.#findName()
    return this.#size > limit || (this.#isCommand && commandEnds.test(raw))
  }

  /** Nothing that looks like a driver line can end it yet. */
  get insideCommand(): boolean {
    return this.#name === null || this.#isCommand
  }

  #findName(): void {
    const text = this.lines.join('\n')
    this.#name = this.#names.find((one) => text.startsWith(`Test "${one}${between}`)) ?? nameIn(text)
    this.#isCommand = this.#name !== null && text.startsWith('command `', behindName(this.#name))
  }

  /** @returns the record, and the lines taken that are not its own */
  finish(): { error: TestError | null; surplus: string[] } {
    const name = this.#name
    if (name === null) return { error: null, surplus: this.lines.slice(1) }
    const last = this.lines.length
    const isWhole = this.lines[last - 1]?.endsWith('"') === true
    const count = isWhole ? last : Math.max(1, this.lines.findIndex((line) => line.endsWith('"')) + 1)
    const message = this.lines.slice(0, count).join('\n').slice(behindName(name))
    return {
      error: { name, message: message.endsWith('"') ? message.slice(0, -1) : message },
      surplus: this.lines.slice(count),
    }
  }
}

function behindName(name: string): number {
  return 'Test "'.length + name.length + between.length
}

function nameIn(text: string): string | null {
  const at = text.indexOf(between)
  return at === -1 ? null : text.slice('Test "'.length, at)
}
