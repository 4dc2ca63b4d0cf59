/** A command that GitHub's runner has found in a job's output. */
export interface RunnerCommand {
  name: string
  properties: Record<string, string>
  data: string
}

// What actions/runner registers: ActionCommandManager and its extensions.
const registered = new Set(
  [
    ...['stop-commands', 'set-env', 'set-output', 'save-state', 'add-mask', 'add-path', 'add-matcher'],
    ...['remove-matcher', 'warning', 'error', 'notice', 'debug', 'group', 'endgroup', 'echo'],
  ].map((name) => name.toLowerCase()),
)

/** What the runner would do for this output, by the rules of its own code (ActionCommand, ActionCommandManager). */
export function commandsIn(output: string): RunnerCommand[] {
  const found: RunnerCommand[] = []
  let stopped: string | null = null
  // StreamReader takes a byte order mark at the very start away, and ends lines at all three.
  for (const line of output.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const names: Set<string> = stopped === null ? registered : new Set([...registered, stopped])
    const command = secondVersion(line, names) ?? firstVersion(line, names)
    if (command === null) continue
    if (stopped !== null) {
      if (command.name === stopped) stopped = null
    } else {
      if (command.name === 'stop-commands') stopped = command.data.toLowerCase()
      found.push(command)
    }
  }
  return found
}

// What Char.IsWhiteSpace of .NET says, for TrimStart.
const dotnetSpace = /^[\u0009-\u000d \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

/** `::error file=a.ts,line=3::text` */
function secondVersion(line: string, names: Set<string>): RunnerCommand | null {
  const message = line.replace(dotnetSpace, '')
  const end = message.startsWith('::') ? message.indexOf('::', 2) : -1
  if (end < 0) return null
  return commandOf(message.slice(2, end), message.slice(end + 2), { names, separator: ',' })
}

/** `##[error file=a.ts;line=3]text`, anywhere in a line */
function firstVersion(line: string, names: Set<string>): RunnerCommand | null {
  const start = line.indexOf('##[')
  const end = start < 0 ? -1 : line.indexOf(']', start)
  if (end < 0) return null
  return commandOf(line.slice(start + 3, end), line.slice(end + 1), { names, separator: ';' })
}

function commandOf(
  info: string,
  data: string,
  { names, separator }: { names: Set<string>; separator: string },
): RunnerCommand | null {
  const space = info.indexOf(' ')
  const name = (space < 0 ? info : info.slice(0, space)).toLowerCase()
  if (!names.has(name)) return null
  const pairs = space < 0 ? [] : info.slice(space + 1).split(separator)
  const properties = Object.fromEntries(
    pairs
      .map((pair) => pair.trim())
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), unescaped(pair.slice(pair.indexOf('=') + 1))]),
  )
  return { name, properties, data: unescaped(data) }
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%3B', ';')
    .replaceAll('%5D', ']')
    .replaceAll('%25', '%')
}

/** Texts that a guest may print to give the runner orders. */
export const hostileLines = [
  '::set-output name=outcome::passed',
  '::add-mask::root',
  '::error::owned',
  '::ERROR file=a.ts::owned',
  '  ::error::owned',
  '\t::stop-commands::x',
  '\u0085::error::owned',
  '\u00a0\u3000::error::owned',
  '\u2028::error::owned',
  '\ufeff::error::owned',
  'harmless\r::error::owned',
  'harmless\r\n::error::owned',
  '\x1b[31m::error::owned',
  '##[error]owned',
  'harmless ##[error]owned',
  'guest login: ##[add-mask]a',
  '#\r##[group]x',
  '###[error]owned',
  '::group::forged',
  '::endgroup::',
]
