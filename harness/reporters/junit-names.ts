import type { Assertion } from '../model/assertion.ts'
import { compareText } from '../model/compare-text.ts'
import type { CheckReport } from '../model/report.ts'
import { oneLine } from './safe-text.ts'
import { placeOf } from './wording.ts'

/** What differs from run to run would make a new test of an old one in every history. */
const variableParts: { pattern: RegExp; stable: string }[] = [
  // /nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-curl-8.7.1/bin/curl
  { pattern: /\/nix\/store\/[0-9a-df-np-sv-z]{32}-/g, stable: '/nix/store/…-' },
  // /tmp/tmp.Y1AczQfJCo, /tmp/tmpw8xk2a_1
  { pattern: /\/tmp\/tmp[.\w]{6,}/g, stable: '/tmp/…' },
  // /tmp/backup.Y1AczQ, /tmp/vmproof-Xa81bQ
  { pattern: /(\/tmp\/(?:[\w-]+\.|vmproof-))[A-Za-z0-9]{6,}/g, stable: '$1…' },
  // 3f2a9d6e-8a51-4a63-9a53-5d3b0b8f4b11
  { pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, stable: '…' },
  // 2026-11-20T07:53:31.123Z, 2026-11-20 07:53:31+01:00, 2026-11-20
  { pattern: /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, stable: '…' },
  // [07:53:31], 07:53:31.123
  { pattern: /\[?(?<![\d:])\d\d:\d\d:\d\d(?:[.,]\d+)?(?![\d:])\]?/g, stable: '…' },
  // 127.0.0.1:43121, localhost:60999: Linux gives out 32768 to 60999
  { pattern: /(\blocalhost:|\b127\.\d+\.\d+\.\d+:|\[::1\]:)(?:3[3-9]|[45]\d|60)\d{3}\b/g, stable: '$1…' },
  // /proc/812/status, pid 812, kill -9 812
  { pattern: /(\/proc\/|\bpid[ =:]+|\bkill (?:-\w+ )*)\d+\b/gi, stable: '$1…' },
  // 0x7ffd5c3b9a80
  { pattern: /\b0x[0-9a-f]{6,16}\b/gi, stable: '…' },
  // 1795161211 and 1795161211123: seconds and milliseconds since 1970, from 2017 to 2033
  { pattern: /(?<![\w.])1[5-9]\d{8}(?:\d{3})?(?![\w.])/g, stable: '…' },
  // 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08: digests, containers, commits
  { pattern: /\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b/g, stable: '…' },
]

/** What nearly no text has in it but one with variable parts: looking for each of them takes longer. */
const marks = ['/nix/store/', '/tmp/', '/proc/', '127.', 'localhost:', '[::1]', 'pid', 'PID', 'kill ', '0x']

function withoutVariableParts(text: string): string {
  if (!hasLongNumber(text) && !marks.some((mark) => text.includes(mark))) return text
  return variableParts.reduce((name, { pattern, stable }) => name.replace(pattern, stable), text)
}

/** Whether a text may hold a time of day, a date or a long number; as a regular expression this takes five times longer. */
function hasLongNumber(text: string): boolean {
  let digits = 0
  let hex = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isDigit = code >= 48 && code <= 57
    // `:` behind two digits, `-` behind four
    if ((code === 58 && digits >= 2) || (code === 45 && digits >= 4)) return true
    digits = isDigit ? digits + 1 : 0
    // In lower case, whatever it was: A to F.
    const lower = code | 32
    hex = isDigit || (lower >= 97 && lower <= 102) ? hex + 1 : 0
    if (hex >= 8) return true
  }
  return false
}

/** The group that GitLab shows as "Suite": `vmproof.CHECK`, `vmproof.CHECK.PROFILE`. Dots only between parts. */
export function classNameOf(check: Pick<CheckReport, 'name' | 'profile' | 'source'>): string {
  const parts = [check.name ?? check.source ?? 'unnamed', ...(check.profile === null ? [] : [check.profile])]
  return ['vmproof', ...parts.map((part) => oneLine(part).replace(/[.\s]+/g, '_') || 'unnamed')].join('.')
}

/** The same in every run: phase, subtests, node, method, demand. Not yet unique, and as long as it is. */
export function caseNameOf(assertion: Assertion): string {
  const demand = assertion.kind === 'subtest' ? subtestName(assertion) : demandOf(assertion)
  return stablePlace(assertion) + withoutVariableParts(demand)
}

let lastPlace: { phase: string | null; path: string[]; name: string } = { phase: null, path: [], name: '' }

/** Neighbours mostly stand in one place, and share the list of it. */
function stablePlace(assertion: Assertion): string {
  const { phase, path } = assertion
  if (lastPlace.phase !== phase || lastPlace.path !== path) {
    const name = stableParts(assertion)
      .map((part) => `${part} › `)
      .join('')
    lastPlace = { phase, path, name }
  }
  return lastPlace.name
}

/** The same for an outermost subtest, or for a phase; empty for neither. */
export function scopeNameOf(phase: string | null, subtest: string | null): string {
  return stableParts({ phase, path: subtest === null ? [] : [subtest] }).join(' › ')
}

/** A script may call a subtest by an empty name. */
function stableParts(place: Pick<Assertion, 'phase' | 'path'>): string[] {
  return placeOf(place)
    .map((part) => withoutVariableParts(part).trim())
    .filter((part) => part !== '')
}

function subtestName({ text }: Assertion): string {
  return `${oneLine(text)} (subtest)`.trim()
}

function demandOf({ node, kind, text }: Assertion): string {
  return `${node === null ? '' : `${oneLine(node)}: `}${oneLine(kind)} ${oneLine(text)}`.trim()
}

/**
 * A name of at most `limit` characters: its start tells where a demand stands, its end often what it is about.
 */
function cutName(name: string, limit: number): string {
  if (name.length <= limit) return name
  const end = Math.floor(limit / 3)
  // Taking a text apart costs more than all else that is done to a name, and few hold a character of two units.
  if (!/[\ud800-\udfff]/.test(name)) return `${name.slice(0, limit - end - 1)}…${name.slice(-end)}`
  const characters = [...name]
  if (characters.length <= limit) return name
  return `${characters.slice(0, limit - end - 1).join('')}…${characters.slice(-end).join('')}`
}

/** What consumers put before the name of a case to tell it from those of other suites. */
export interface SuiteNames {
  /** GitLab joins `SUITE_CLASS_NAME`, so `a_b` and `c` is also `a` and `b_c`. */
  prefix: string
  /** Actions of GitHub go by class and name. */
  className: string
}

/** Names the cases of a suite, in their order; null is the one for what belongs to no assertion. */
export type CaseNames = (name: string | null, limit: number) => string

/**
 * Makes names unique the way consumers compare them. The second of the same gets ` #2`, in order of appearance.
 * @param suites all of a report @returns for each of them, in their order, what names its cases
 */
export function caseNames(suites: SuiteNames[]): (suite: SuiteNames) => CaseNames {
  const crowd = crowded(suites)
  const shared: Seen = new Map()
  return (suite) => {
    const isAlone = !crowd.has(suite.prefix)
    const seen: Seen = isAlone ? new Map() : shared
    const keysOf = isAlone
      ? (name: string) => [name]
      : (name: string) => [suite.prefix + name, `${suite.className} ${name}`]
    const unique = (name: string) => {
      if (!isAlone || seen.has(name)) return uniqueIn(seen, keysOf, name)
      // Nearly every name comes this way.
      seen.set(name, 1)
      return name
    }
    // Asked for at once, so that no demand of that name takes it away when this run needs it and the last one did not.
    const driver = unique(driverName)
    return (name, limit) => (name === null ? driver : unique(cutName(name, limit)))
  }
}

/** The case for what belongs to no assertion. */
const driverName = 'driver'

/** How often each was wanted, or 1 for what was given out with a number. */
type Seen = Map<string, number>

function uniqueIn(seen: Seen, keysOf: (name: string) => string[], name: string): string {
  const wanted = keysOf(name)
  const isFree = (keys: string[]) => keys.every((key) => !seen.has(key))
  const take = (keys: string[], times: number) => keys.map((key) => seen.set(key, times))
  if (isFree(wanted)) {
    take(wanted, 1)
    return name
  }
  let times = Math.max(...wanted.map((key) => seen.get(key) ?? 0)) + 1
  while (!isFree(keysOf(`${name} #${times}`))) times += 1
  take(wanted, times)
  take(keysOf(`${name} #${times}`), 1)
  return `${name} #${times}`
}

/** Prefixes of suites whose cases can be the same to somebody: few have such names, and each case of them is kept twice. */
function crowded(suites: SuiteNames[]): Set<string> {
  const crowd = new Set<string>()
  const byClass = new Map<string, string>()
  let root: string | null = null
  // Sorted, all that begin with a prefix follow it.
  for (const { prefix, className } of suites.toSorted((a, b) => compareText(a.prefix, b.prefix))) {
    const twin = byClass.get(className)
    if (twin !== undefined) crowd.add(twin).add(prefix)
    byClass.set(className, prefix)
    if (root !== null && prefix.startsWith(root)) crowd.add(root).add(prefix)
    else root = prefix
  }
  return crowd
}
