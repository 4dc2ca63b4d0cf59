import { withoutCodes } from './sgr.ts'

/** A line of a driver's log, taken apart. */
export interface LogLine {
  /** Who speaks; null for the driver itself and for the script. */
  node: string | null
  /** Of its console; else the driver speaks about it. */
  isConsole: boolean
  /** What is said, with its codes. */
  text: string
}

// \e[2mmachine # [    0.000000] Linux version 6.1.0\e[0m
// vm-test-run-pair> machine: waiting for unit web.service
const prefix = /^(?:\u001b\[[\d;]*m)*(?:[\w.+-]+> )?(?:\u001b\[[\d;]*m)*([A-Za-z0-9][\w.-]*)(?: (#)|:) /

/** @param nodes names of the check's VMs: other words before a colon are text */
export function logLine(line: string, nodes: ReadonlySet<string>): LogLine {
  const match = prefix.exec(line)
  const node = match?.[1]
  if (!match || node === undefined || !nodes.has(node)) return { node: null, isConsole: false, text: line }
  return { node, isConsole: match[2] !== undefined, text: line.slice(match[0].length) }
}

/**
 * Where in a log something failed whose assertion began at a line: at the driver's error, where it prints one behind it,
 * else where its clean-up begins.
 * @param lines of which the first one has the number `first` @returns its line; null when these lines do not tell
 */
export function momentOfFailure(lines: readonly string[], first: number, began: number): number | null {
  for (let at = Math.max(0, began - first); at < lines.length; at++) {
    const text = withoutCodes(lines[at] ?? '').replace(/^[\w.+-]+> /, '')
    // !!! Traceback (most recent call last):
    // cleanup
    if (text.startsWith('!!! ') || text === 'cleanup') return first + at
  }
  return null
}

/** A console's last lines before a moment. */
export interface ConsolePart {
  node: string
  lines: { line: number; text: string }[]
}

/** What every node's console said right before a line. @param lines of which the first one has the number `first` */
export function consolesBefore(
  lines: readonly string[],
  { first, moment, nodes, most }: { first: number; moment: number; nodes: readonly string[]; most: number },
): ConsolePart[] {
  const names = new Set(nodes)
  const parts = new Map(nodes.map((node): [string, ConsolePart] => [node, { node, lines: [] }]))
  for (let at = Math.min(lines.length, moment - first) - 1; at >= 0; at--) {
    const { node, isConsole, text } = logLine(lines[at] ?? '', names)
    const part = node === null || !isConsole ? undefined : parts.get(node)
    if (part && part.lines.length < most) part.lines.unshift({ line: first + at, text })
  }
  return [...parts.values()]
}
