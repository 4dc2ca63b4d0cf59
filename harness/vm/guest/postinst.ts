/** A link that `update-alternatives` would make; the highest priority for a link wins. */
export interface Alternative {
  link: string
  target: string
  priority: number
}

/** A user of a daemon. */
export interface DaemonUser {
  name: string
  home: string | null
  /** Default: one of the user's own name. */
  group: string | null
}

/** What a package's script would do on installation, as far as a guest needs it. Paths are absolute. */
export interface PostinstEffects {
  alternatives: Alternative[]
  users: DaemonUser[]
  groups: string[]
  folders: { path: string; mode: number }[]
}

/** Options of adduser and its kin that have a value behind them. */
const valuedOptions =
  /^(--(home|gecos|comment|ingroup|gid|uid|shell|firstuid|lastuid|home-dir|password)|-[dgucs])$/

/**
 * Reads out of a maintainer script what it would do: none is run, because they are written for a whole system with
 * debconf and dpkg. Conditions are passed over: what is there once too often does no harm in a guest.
 */
export function readPostinst(script: string): PostinstEffects {
  const lines = withVariables(script.replaceAll(/\\\n\s*/g, ' ')).split(/\n|;|&&|\|\|/)
  const commands = lines.map((line) => wordsOf(line.replace(/^\s*(if|then|else|!)\s+/, '')))
  const users = commands.flatMap(usersAdded)
  return {
    alternatives: commands.flatMap(alternativesInstalled),
    users,
    groups: [...commands.flatMap(groupsAdded), ...users.flatMap(({ group }) => group ?? [])],
    folders: commands.flatMap(foldersMade),
  }
}

/** Puts in the values of variables that are set to plain text: `MESSAGEUSER=messagebus`, `"$MESSAGEUSER"`. */
function withVariables(script: string): string {
  const values = new Map<string, string>()
  for (const [, name = '', value = ''] of script.matchAll(/^\s*(\w+)=["']?([\w./-]+)["']?\s*$/gm)) {
    if (!values.has(name)) values.set(name, value)
  }
  return script.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (whole, braced, bare) => values.get(braced ?? bare) ?? whole,
  )
}

function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
}

/** `--install LINK NAME TARGET PRIORITY [--slave LINK NAME TARGET]…` */
function alternativesInstalled([program = '', ...words]: string[]): Alternative[] {
  const start = words.indexOf('--install')
  if (!program.endsWith('update-alternatives') || start < 0) return []
  const [link = '', , target = '', number = ''] = words.slice(start + 1)
  const priority = Number(number)
  const slaves = words.flatMap((word, index): Alternative[] => {
    const [slave = '', , its = ''] = words.slice(index + 1)
    return word === '--slave' ? [{ link: slave, target: its, priority }] : []
  })
  return [{ link, target, priority }, ...slaves].filter(
    (one) => isPlainPath(one.link) && isPlainPath(one.target),
  )
}

/** `adduser --system --group --home /var/lib/etcd etcd`, `useradd -r -d /var/lib/x x` */
function usersAdded([program = '', ...words]: string[]): DaemonUser[] {
  if (!/(^|\/)(adduser|useradd)$/.test(program)) return []
  const [name] = positional(words)
  const value = (...names: string[]) => words[words.findIndex((word) => names.includes(word)) + 1] ?? null
  const has = (...names: string[]) => words.some((word) => names.includes(word))
  if (!name || !isPlainName(name)) return []
  const home = has('--home', '-d', '--home-dir') ? value('--home', '-d', '--home-dir') : null
  const group = has('--ingroup', '-g', '--gid') ? value('--ingroup', '-g', '--gid') : null
  return [
    {
      name,
      home: home && isPlainPath(home) ? home : null,
      group: group && isPlainName(group) ? group : null,
    },
  ]
}

function groupsAdded([program = '', ...words]: string[]): string[] {
  if (!/(^|\/)(addgroup|groupadd)$/.test(program)) return []
  return positional(words).slice(0, 1).filter(isPlainName)
}

/** `mkdir -p -m 700 /var/lib/etcd` */
function foldersMade([program = '', ...words]: string[]): { path: string; mode: number }[] {
  if (program !== 'mkdir') return []
  const mode = /^0?[0-7]{3}$/.exec(words[words.indexOf('-m') + 1] ?? '')
  const number = words.includes('-m') && mode ? Number.parseInt(mode[0], 8) : 0o755
  return words.filter(isPlainPath).map((path) => ({ path, mode: number }))
}

function positional(words: string[]): string[] {
  return words.filter((word, index) => !word.startsWith('-') && !valuedOptions.test(words[index - 1] ?? ''))
}

function isPlainPath(word: string): boolean {
  return /^\/[\w./+@-]+$/.test(word)
}

function isPlainName(word: string): boolean {
  return /^[a-z_][\w-]*$/i.test(word)
}
