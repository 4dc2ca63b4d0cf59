import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import { oneLine } from './safe-text.ts'
import { placeOf } from './wording.ts'

/** GitHub cuts titles at 255 bytes. */
const nameLimit = 200

// What differs from run to run would make a new test of an old one in every history.
const variableParts: [RegExp, string][] = [
  // /nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-curl-8.7.1/bin/curl
  [/\/nix\/store\/[0-9a-df-np-sv-z]{32}-/g, '/nix/store/…-'],
  // 3f2a9d6e-8a51-4a63-9a53-5d3b0b8f4b11
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '…'],
  // /tmp/tmp.Y1AczQfJCo, /tmp/tmpw8xk2a_1
  [/\/tmp\/tmp[.\w]{6,}/g, '/tmp/…'],
  // 2026-11-20T07:53:31.123Z, [07:53:31]
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '…'],
  [/\[\d\d:\d\d:\d\d\] ?/g, ''],
]

/** The group that GitLab shows as "Suite": `vmproof.CHECK`, `vmproof.CHECK.PROFILE`. Dots only between parts. */
export function classNameOf(check: Pick<CheckReport, 'name' | 'profile' | 'source'>): string {
  const parts = [check.name ?? check.source ?? 'unnamed', ...(check.profile === null ? [] : [check.profile])]
  return ['vmproof', ...parts.map((part) => oneLine(part).replace(/[.\s]+/g, '_') || 'unnamed')].join('.')
}

/** The same in every run: phase, subtests, node, method, demand. Not yet unique. */
export function caseNameOf(assertion: Assertion): string {
  const place = placeOf(assertion)
  const demand =
    assertion.kind === 'subtest'
      ? `${oneLine(assertion.text)} (subtest)`
      : [
          assertion.node === null ? null : `${oneLine(assertion.node)}:`,
          assertion.kind,
          oneLine(assertion.text),
        ]
          .filter((part) => part)
          .join(' ')
  return cut(stable([...place, demand].join(' › ')))
}

function stable(name: string): string {
  return variableParts.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name)
}

function cut(name: string): string {
  const characters = [...name]
  return characters.length <= nameLimit ? name : `${characters.slice(0, nameLimit - 1).join('')}…`
}

/**
 * Makes names unique the way GitLab compares them: suite, class and name joined by `_`. The second of the same
 * gets ` #2`, in order of appearance.
 */
export function createUniqueNames(): (suite: string, className: string, name: string) => string {
  const taken = new Set<string>()
  const seen = new Map<string, number>()
  return (suite, className, name) => {
    const wanted = `${suite}_${className}_${name}`
    let count = (seen.get(wanted) ?? 0) + 1
    while (taken.has(count === 1 ? wanted : `${wanted} #${count}`)) count += 1
    seen.set(wanted, count)
    taken.add(count === 1 ? wanted : `${wanted} #${count}`)
    return count === 1 ? name : `${name} #${count}`
  }
}
