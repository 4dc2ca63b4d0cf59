import { clearLine, createInterface, cursorTo } from 'node:readline'

/** Asks for lines: at a terminal with a prompt, history and completion; else it just reads them. */
export interface Prompt {
  isTerminal: boolean
  /** @returns null at the end of the input, and when the prompt was closed meanwhile */
  ask(words: string): Promise<string | null>
  /** Writes whole lines; what is being typed moves on below them. */
  print(text: string): void
  close(): void
}

/** What a prompt is for. */
export interface PromptOptions {
  /** What a half-typed line could become. */
  complete(line: string): string[]
  /** Ctrl-C, which a terminal in use by a prompt sends as a key. */
  onInterrupt(): void
}

/** @param output where prompts and `print` go */
export function createPrompt(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  { complete, onInterrupt }: PromptOptions,
): Prompt {
  const isTerminal = input.isTTY === true && output.isTTY === true
  const reader = createInterface({
    input,
    terminal: isTerminal,
    ...(isTerminal && { output, completer: (line: string) => [complete(line), line] }),
  })
  const lines = reader[Symbol.asyncIterator]()
  let isAsking = false
  reader.on('SIGINT', () => {
    if (!isAsking || reader.line === '') return onInterrupt()
    // As in any shell, what was typed so far is given up.
    output.write('^C\n')
    reader.write(null, { ctrl: true, name: 'e' })
    reader.write(null, { ctrl: true, name: 'u' })
  })
  return {
    isTerminal,
    ask: async (words) => {
      isAsking = true
      if (isTerminal) {
        reader.setPrompt(words)
        reader.prompt()
      }
      const { value, done } = await lines.next()
      isAsking = false
      return done ? null : value
    },
    print: (text) => {
      if (!isTerminal || !isAsking) return void output.write(text)
      cursorTo(output, 0)
      clearLine(output, 0)
      output.write(text)
      reader.prompt(true)
    },
    close: () => reader.close(),
  }
}
