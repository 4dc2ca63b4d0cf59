import { inertLine } from './safe-text.ts'

/** What a stream carries, which decides how a command in it is made inert: data stay the same data. */
export type StreamContent = 'text' | 'json' | 'xml'

/** Lets texts pass such that no line of the whole is a command to a CI's runner. */
export interface CommandGate {
  /** @param text any piece of the stream: it need neither begin nor end with a line */
  pass(text: string): string
  /** The next text begins a line. */
  readonly atLineStart: boolean
}

/** Text that is a command, or becomes one with what stands before it. */
const suspicious = /[:#[]/

/**
 * The last thing between this program and the log of its job. Reporters make each line inert where they know what it
 * is; this is for the words of Nix, names of files and whatever nobody thought of.
 *
 * Not `::stop-commands::TOKEN`: what would switch commands on again could be lost when the process is killed, would have to
 * be in order across two pipes, and our own groups and annotations stand among the text.
 */
export function createCommandGate(content: StreamContent): CommandGate {
  const makeInert = inertBy[content]
  // As much of the unfinished line as decides whether what follows makes it a command.
  let before = ''
  return {
    pass(text) {
      if (text === '') return text
      const passed = suspicious.test(text) ? passAfter(before, text, makeInert) : text
      before = remainder(before + text)
      return passed
    },
    get atLineStart() {
      return before === ''
    },
  }
}

function passAfter(before: string, text: string, makeInert: (line: string) => string): string {
  const inert = inertLines(before + text, makeInert)
  if (inert.startsWith(before)) return inert.slice(before.length)
  // The command begins in what is out already: a blank in its middle ends it.
  return ` ${inertLines(text, makeInert)}`
}

function inertLines(text: string, makeInert: (line: string) => string): string {
  return text
    .split(/(\r\n|\r|\n)/)
    .map((part, at) => (at % 2 === 0 ? makeInert(part) : part))
    .join('')
}

const inertBy: Record<StreamContent, (line: string) => string> = {
  text: inertLine,
  // In JSON both can only be in a string, where an escape is the same character; no line of it begins with a colon.
  json: (line) => line.replace(/##((?:vso|teamcity)?)\[/gi, '##$1\\u005b'),
  xml: (line) => line.replace(/##((?:vso|teamcity)?)\[/gi, '##$1&#91;').replace(/^([\s\x85]*)::/, '$1:&#58;'),
}

const blankLine = /^(?:[\s\x85]|\x1b\[[\d;]*m)*(:?)$/

function remainder(text: string): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1)
  if (line === '') return ''
  const blank = blankLine.exec(line)
  if (blank) return ` ${blank[1]}`
  return `x${/#{1,2}[a-z]{0,8}$/i.exec(line.slice(-12))?.[0] ?? ''}`
}
