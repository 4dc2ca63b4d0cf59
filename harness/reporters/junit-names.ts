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
const digits = /[0-9a-fA-F]{8}|\d\d:\d\d|\d{4}-\d\d/

function withoutVariableParts(text: string): string {
  if (!digits.test(text) && !marks.some((mark) => text.includes(mark))) return text
  return variableParts.reduce((name, { pattern, stable }) => name.replace(pattern, stable), text)
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
    const name = placeOf(assertion)
      .map((part) => `${withoutVariableParts(part)} › `)
      .join('')
    lastPlace = { phase, path, name }
  }
  return lastPlace.name
}

/** The same for an outermost subtest, or for a phase; empty for neither. */
export function blockNameOf(phase: string | null, subtest: string | null): string {
  const place = placeOf({ phase, path: subtest === null ? [] : [subtest] })
  return place.map(withoutVariableParts).join(' › ')
}

function subtestName({ text }: Assertion): string {
  return `${oneLine(text)} (subtest)`
}

function demandOf({ node, kind, text }: Assertion): string {
  return `${node === null ? '' : `${oneLine(node)}: `}${oneLine(kind)} ${oneLine(text)}`.trim()
}

/**
 * A name of at most `limit` characters: its start tells where a demand stands, its end often what it is about.
 */
export function cutName(name: string, limit: number): string {
  if (name.length <= limit) return name
  const end = Math.floor(limit / 3)
  // Taking a text apart costs more than all else that is done to a name, and few hold a character of two units.
  if (!/[\ud800-\udfff]/.test(name)) return `${name.slice(0, limit - end - 1)}…${name.slice(-end)}`
  const characters = [...name]
  if (characters.length <= limit) return name
  return `${characters.slice(0, limit - end - 1).join('')}…${characters.slice(-end).join('')}`
}

/**
 * Makes names unique the way GitLab compares them: suite, class and name joined by `_`. The second of the same gets
 * ` #2`, in order of appearance. A case whose name is null belongs to no assertion.
 *
 * @param prefixes `SUITE_CLASS_` of each suite
 * @returns what names the cases of a suite, given its prefix; each is asked for once
 */
export function caseNames(
  prefixes: string[],
): (prefix: string) => (name: string | null, limit: number) => string {
  const families = familiesOf(prefixes)
  return (prefix) => {
    const family = families.get(prefix) ?? { root: prefix, seen: new Map() }
    const rest = prefix.slice(family.root.length)
    // A demand by its name does not take it away when this run needs it and the last one did not.
    const driver = uniqueIn(family.seen, rest, driverName)
    return (name, limit) => (name === null ? driver : uniqueIn(family.seen, rest, cutName(name, limit)))
  }
}

/** The case for what belongs to no assertion. */
const driverName = 'driver'

/** How often each name was wanted, or 1 for what was given out with a number. */
type Seen = Map<string, number>

function uniqueIn(seen: Seen, prefix: string, name: string): string {
  const wanted = prefix + name
  const before = seen.get(wanted)
  if (before === undefined) {
    seen.set(wanted, 1)
    return name
  }
  let count = before + 1
  while (seen.has(`${wanted} #${count}`)) count += 1
  seen.set(wanted, count)
  seen.set(`${wanted} #${count}`, 1)
  return `${name} #${count}`
}

/** Cases of two suites can only be the same when the prefix of one begins with that of the other: `a_`, `a_b_`. */
function familiesOf(prefixes: string[]): Map<string, { root: string; seen: Seen }> {
  const families = new Map<string, { root: string; seen: Seen }>()
  let family = { root: '', seen: new Map() as Seen }
  // Sorted, all that begin with a prefix follow it.
  for (const prefix of prefixes.toSorted(compareText)) {
    const isOfIt = family.root !== '' && prefix.startsWith(family.root)
    if (!isOfIt) family = { root: prefix, seen: new Map() }
    families.set(prefix, family)
  }
  return families
}
