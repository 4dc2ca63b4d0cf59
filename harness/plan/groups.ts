import { compareText } from '../model/compare-text.ts'
import type { Group } from '../model/config.ts'
import type { Instance } from '../model/plan.ts'
import { matchesAny } from './select.ts'

/** Names of the groups that a check belongs to. */
export function groupsOf(check: string, groups: readonly Group[]): string[] {
  return groups.filter(({ checks }) => matchesAny(check, checks)).map(({ name }) => name)
}

/** What decides over instances beside the budget. */
export class GroupRules {
  readonly #groups: ReadonlyMap<string, Group>
  readonly #layers: boolean

  /** @param layers false: what a group needs is not waited for */
  constructor(groups: readonly Group[], layers: boolean) {
    this.#groups = new Map(groups.map((group) => [group.name, group]))
    this.#layers = layers
  }

  /** Whether an instance may run beside others, as far as limits of groups go. */
  admits(instance: Instance, running: readonly Instance[]): boolean {
    if (running.some((other) => this.#isExclusive(other))) return false
    if (running.length > 0 && this.#isExclusive(instance)) return false
    return this.#of(instance).every(
      ({ name, max }) => max === null || running.filter(({ groups }) => groups.includes(name)).length < max,
    )
  }

  /** Whether an instance waits for one of these, which have not ended. */
  waitsFor(instance: Instance, unfinished: readonly Instance[]): boolean {
    const needed = this.#needed(instance)
    return needed.length > 0 && unfinished.some((other) => this.#isBelow(other, instance, needed))
  }

  /** Why an instance makes no sense any more, one line, or null. @param broken what did not pass, or was not even started for such a reason */
  brokenLayer(instance: Instance, broken: ReadonlySet<Instance>): string | null {
    const needed = this.#needed(instance)
    if (needed.length === 0) return null
    const [first] = [...broken]
      .filter((other) => this.#isBelow(other, instance, needed))
      .map(({ id }) => id)
      .sort(compareText)
    return first === undefined
      ? null
      : `not started, because ${first} did not pass, on which this builds (--no-layers runs it all the same)`
  }

  #of({ groups }: Instance): Group[] {
    return groups.flatMap((name) => this.#groups.get(name) ?? [])
  }

  #isExclusive(instance: Instance): boolean {
    return this.#of(instance).some(({ exclusive }) => exclusive)
  }

  /** Groups below, without those that the instance is in itself: nothing waits for itself. */
  #needed(instance: Instance): string[] {
    if (!this.#layers) return []
    return this.#of(instance)
      .flatMap(({ needs }) => needs)
      .filter((name) => !instance.groups.includes(name))
  }

  /** What failed under a profile says nothing about what builds on it under another. */
  #isBelow({ groups, profile }: Instance, instance: Instance, needed: readonly string[]): boolean {
    return profile === instance.profile && groups.some((name) => needed.includes(name))
  }
}

/** @returns groups that need each other, in a circle; null when there is none */
export function circleOf(groups: readonly Pick<Group, 'name' | 'needs'>[]): string[] | null {
  const needs = new Map(groups.map((group) => [group.name, group.needs]))
  const cleared = new Set<string>()
  const visit = (name: string, path: string[]): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (cleared.has(name)) return null
    for (const needed of needs.get(name) ?? []) {
      const circle = visit(needed, [...path, name])
      if (circle) return circle
    }
    cleared.add(name)
    return null
  }
  for (const { name } of groups) {
    const circle = visit(name, [])
    if (circle) return circle
  }
  return null
}
