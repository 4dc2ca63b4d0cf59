import type { Order } from '../model/operator.ts'

/** What a line that somebody typed means. */
export type ShellLine =
  | { type: 'nothing' }
  | { type: 'order'; order: Order }
  /** Lines without a node go to this one from now on. */
  | { type: 'use'; node: string }
  /** Shows what nodes print, or no more. */
  | { type: 'console'; nodes: string[] }
  | { type: 'nodes' }
  | { type: 'help' }
  | { type: 'exit' }
  | { type: 'mistake'; message: string }

/** Words of the prompt itself; `NODE: WORD` gives them to a node. */
export const shellWords = ['start', 'use', 'console', 'nodes', 'test', 'help', 'exit'] as const

/** What the words do, for people. */
export const shellHelp = `NODE: COMMAND     runs a command on a node, which starts when it does not run yet
COMMAND           runs it on the node in use
use NODE          takes a node in use
start [NODE...]   starts nodes; all without a name
console [NODE...] shows what nodes print, all without a name; again: no more
test              runs the check's own script
nodes             lists the nodes
exit              ends all nodes; also Ctrl-D
`

/** @param nodes of the check @param used the node that takes lines without a name */
export function readShellLine(line: string, nodes: readonly string[], used: string | null): ShellLine {
  const text = line.trim()
  if (text === '' || text.startsWith('#')) return { type: 'nothing' }
  // alpha: systemctl status
  const [, name = '', command = ''] = /^([\w-]+):\s*(.*)$/s.exec(text) ?? []
  if (nodes.includes(name)) return command === '' ? { type: 'use', node: name } : run(name, command)
  const [word = '', ...rest] = text.split(/\s+/)
  const own = ownWord(word, rest, nodes)
  if (own) return own
  if (used !== null) return run(used, text)
  return { type: 'mistake', message: `for which node? write NODE: ${text}, or first: use NODE` }
}

function run(node: string, command: string): ShellLine {
  return { type: 'order', order: { type: 'run', node, command } }
}

function ownWord(word: string, rest: string[], nodes: readonly string[]): ShellLine | null {
  const unknown = rest.find((name) => !nodes.includes(name))
  const named = (line: ShellLine): ShellLine => (unknown === undefined ? line : noSuchNode(unknown, nodes))
  switch (word) {
    case 'start':
      return named({ type: 'order', order: { type: 'start', nodes: rest } })
    case 'console':
      return named({ type: 'console', nodes: rest.length > 0 ? rest : [...nodes] })
    case 'use':
      return named(
        rest[0] === undefined
          ? { type: 'mistake', message: 'use which node?' }
          : { type: 'use', node: rest[0] },
      )
    default:
      return rest.length > 0 ? null : singleWord(word)
  }
}

function singleWord(word: string): ShellLine | null {
  switch (word) {
    case 'test':
      return { type: 'order', order: { type: 'script' } }
    case 'nodes':
    case 'help':
    case 'exit':
      return { type: word }
    default:
      return null
  }
}

function noSuchNode(name: string, nodes: readonly string[]): ShellLine {
  return { type: 'mistake', message: `there is no node ${name}, only ${nodes.join(', ')}` }
}
