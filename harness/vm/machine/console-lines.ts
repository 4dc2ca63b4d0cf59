import { StringDecoder } from 'node:string_decoder'

/** Longest console line kept whole, in UTF-16 units: a guest that never sends a line end must not fill memory. */
const longestLine = 64 * 1024

/** Cuts a console's bytes into lines. Carriage returns and trailing blanks go, all else stays as it came. */
export class ConsoleLines {
  readonly #decoder = new StringDecoder('utf8')
  readonly #deliver: (line: string) => void
  #rest = ''

  constructor(deliver: (line: string) => void) {
    this.#deliver = deliver
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(Buffer.from(bytes))).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#emit(line)
    if (this.#rest.length > longestLine) {
      this.#emit(this.#rest)
      this.#rest = ''
    }
  }

  /** The console is closed: delivers an unfinished last line. */
  end(): void {
    this.#rest += this.#decoder.end()
    if (this.#rest !== '') this.#emit(this.#rest)
    this.#rest = ''
  }

  #emit(line: string): void {
    this.#deliver(line.replaceAll('\r', '').trimEnd())
  }
}
