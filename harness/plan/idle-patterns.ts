import type { Config } from '../model/config.ts'
import { matchesAny, nearNames } from './select.ts'

/**
 * What the configuration says about checks that there are not: after a check was renamed its quarantine covers nothing,
 * and a limit or a layer that nobody is in holds nobody. One line each.
 * @param names of all checks here
 */
export function idlePatterns(
  { quarantine, groups }: Pick<Config, 'quarantine' | 'groups'>,
  names: readonly string[],
): string[] {
  const patterns = [
    ...quarantine.map(({ check }) => ({ key: 'quarantine', pattern: check })),
    ...groups.flatMap(({ name, checks }) => checks.map((pattern) => ({ key: `groups.${name}`, pattern }))),
  ]
  return patterns
    .filter(({ pattern }) => !names.some((name) => matchesAny(name, [pattern])))
    .map(({ key, pattern }) => {
      const near = nearNames(pattern, [...names])
      const advice = near.length > 0 ? `, did you mean ${near.join(' or ')}?` : ''
      return `configuration, ${key}: ${pattern} fits none of the checks here${advice}`
    })
}
