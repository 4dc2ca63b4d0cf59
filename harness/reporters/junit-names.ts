import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import { oneLine } from './safe-text.ts'
import { placeOf } from './wording.ts'

/** What differs from run to run would make a new test of an old one in every history. */
const variableParts: { mark: string; pattern: RegExp; stable: string }[] = [
  // /nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-curl-8.7.1/bin/curl
  { mark: '/nix/store/', pattern: /\/nix\/store\/[0-9a-df-np-sv-z]{32}-/g, stable: '/nix/store/…-' },
  // /tmp/tmp.Y1AczQfJCo, /tmp/tmpw8xk2a_1
  { mark: '/tmp/tmp', pattern: /\/tmp\/tmp[.\w]{6,}/g, stable: '/tmp/…' },
  // 2026-11-20T07:53:31.123Z, 2026-11-20 07:53:31
  { mark: ':', pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/g, stable: '…' },
  // [07:53:31]
  { mark: '[', pattern: /\[\d\d:\d\d:\d\d\]/g, stable: '…' },
  // 3f2a9d6e-8a51-4a63-9a53-5d3b0b8f4b11
  { mark: '-', pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, stable: '…' },
]

function withoutVariableParts(text: string): string {
  // Looking for the mark first spares nearly every text the patterns.
  return variableParts.reduce(
    (name, { mark, pattern, stable }) => (name.includes(mark) ? name.replace(pattern, stable) : name),
    text,
  )
}

/** The group that GitLab shows as "Suite": `vmproof.CHECK`, `vmproof.CHECK.PROFILE`. Dots only between parts. */
export function classNameOf(check: Pick<CheckReport, 'name' | 'profile' | 'source'>): string {
  const parts = [check.name ?? check.source ?? 'unnamed', ...(check.profile === null ? [] : [check.profile])]
  return ['vmproof', ...parts.map((part) => oneLine(part).replace(/[.\s]+/g, '_') || 'unnamed')].join('.')
}

/** The same in every run: phase, subtests, node, method, demand. Not yet unique, and as long as it is. */
export function caseNameOf(assertion: Assertion): string {
  const demand = assertion.kind === 'subtest' ? subtestName(assertion) : demandOf(assertion)
  return [...placeOf(assertion), demand].map(withoutVariableParts).join(' › ')
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
 * Makes names unique the way GitLab compares them: suite, class and name joined by `_`. The second of the same
 * gets ` #2`, in order of appearance.
 */
export function createUniqueNames(): (suite: string, className: string, name: string) => string {
  /** How often each was wanted, or 1 for what was given out with a number. */
  const seen = new Map<string, number>()
  return (suite, className, name) => {
    const wanted = `${suite}_${className}_${name}`
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
}
