import type { Answer, Operator, Order } from '../model/operator.ts'
import { inertLine, safeText } from '../reporters/safe-text.ts'
import type { AttemptObserver } from '../run/ports.ts'
import { readShellLine, shellHelp, shellWords } from '../run/shell-line.ts'
import { createPrompt, type Prompt } from '../terminal/prompt.ts'
import { guardStandardStreams } from './standard-streams.ts'

/** Standard error is for people, so that standard output has just what commands print. */
const people = process.stderr

/** One use of a check's nodes: lines become orders, answers become text. */
export class ShellSession {
  readonly operator: Operator
  readonly observer: AttemptObserver
  /** Exit status of the last command that was read from a file or pipe; what failed without one is 1. */
  lastStatus = 0
  readonly #nodes: string[]
  readonly #prompt: Prompt
  readonly #followed = new Set<string>()
  #used: string | null
  #runsScript = false

  constructor(nodes: string[]) {
    guardStandardStreams()
    this.#nodes = nodes
    this.#used = nodes.length === 1 ? (nodes[0] ?? null) : null
    this.#prompt = createPrompt(process.stdin, people, {
      complete: (line) => this.#completions(line),
      onInterrupt: () => process.kill(process.pid, 'SIGINT'),
    })
    this.operator = { orders: this.#orders(), answered: (answer) => this.#show(answer) }
    this.observer = {
      event: () => {},
      log: () => {},
      stage: (stage) => {
        if (stage === 'running') this.#greet()
      },
      record: (bytes) => {
        if (this.#runsScript) this.#prompt.print(scriptLines(bytes))
      },
      console: (node, text) => {
        if (this.#followed.has(node)) this.#prompt.print(`${inertLine(`${node} # ${text}`)}\n`)
      },
    }
  }

  close(): void {
    this.#prompt.close()
  }

  #greet(): void {
    if (!this.#prompt.isTerminal) return
    this.#prompt.print(
      `nodes: ${this.#nodes.join(', ')}; each starts at its first command, help tells more\n`,
    )
  }

  async *#orders(): AsyncGenerator<Order> {
    for (;;) {
      const line = await this.#prompt.ask(this.#used === null ? '> ' : `${this.#used}> `)
      if (line === null) return
      const order = this.#understand(line)
      if (order === 'exit') return
      if (order === null) continue
      this.#runsScript = order.type === 'script'
      yield order
    }
  }

  /** @returns null for a line that is nothing for the nodes */
  #understand(line: string): Order | 'exit' | null {
    const meant = readShellLine(line, this.#nodes, this.#used)
    switch (meant.type) {
      case 'order':
        return meant.order
      case 'exit':
        return 'exit'
      case 'use':
        this.#used = meant.node
        return null
      case 'console':
        this.#follow(meant.nodes)
        return null
      case 'nodes':
        this.#prompt.print(`${this.#nodes.join('\n')}\n`)
        return null
      case 'help':
        this.#prompt.print(shellHelp)
        return null
      case 'mistake':
        this.#fail(meant.message)
        return null
      case 'nothing':
        return null
    }
  }

  #follow(nodes: string[]): void {
    const isOn = nodes.every((node) => this.#followed.has(node))
    for (const node of nodes) {
      if (isOn) this.#followed.delete(node)
      else this.#followed.add(node)
    }
  }

  #show({ status, output, error }: Answer): void {
    this.#runsScript = false
    // Of a terminal it could do anything; into a file go the bytes.
    process.stdout.write(process.stdout.isTTY ? safeText(output) : output)
    if (output !== '' && !output.endsWith('\n') && this.#prompt.isTerminal) process.stdout.write('\n')
    if (error !== null) {
      this.#fail(error)
      return
    }
    this.lastStatus = this.#prompt.isTerminal ? 0 : (status ?? 0)
    if (status !== null && status !== 0) this.#prompt.print(`exit status ${status}\n`)
  }

  #fail(message: string): void {
    this.#prompt.print(`vmproof: ${safeText(message)}\n`)
    this.lastStatus = this.#prompt.isTerminal ? 0 : 1
  }

  #completions(line: string): string[] {
    const at = line.lastIndexOf(' ') + 1
    const [before, begun] = [line.slice(0, at), line.slice(at)]
    const words = at === 0 ? [...this.#nodes.map((node) => `${node}: `), ...shellWords] : this.#nodes
    return words.filter((word) => word.startsWith(begun)).map((word) => `${before}${word}`)
  }
}

/** The driver's log, without what consoles print: those lines are dim. */
function scriptLines(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  return safeText(lines.filter((line) => !line.startsWith('\x1b[2m')).join('\n'))
}
