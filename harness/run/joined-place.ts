import type { DescribedCheck, ListedCheck } from '../model/check.ts'
import type { CheckKind } from '../model/outcome.ts'
import type { Profile } from '../model/profile.ts'
import { UserError } from '../model/user-error.ts'
import type { CheckPlace } from './ports.ts'

/** One place of several, each with the checks of its kind. */
export function joinPlaces(places: ReadonlyMap<CheckKind, CheckPlace>): CheckPlace {
  const [only, ...more] = places.values()
  if (only && more.length === 0) return only
  const placeFor = ({ kind }: ListedCheck): CheckPlace => {
    const place = places.get(kind)
    if (!place) throw new Error(`there is no place for checks of kind ${kind}`)
    return place
  }
  return {
    list: async () => {
      const lists = [...places].map(([kind, place]) => place.list().catch(withWayAround(kind)))
      return (await Promise.all(lists)).flat()
    },
    describe: (checks, signal, profile = null) => describeEach(places, checks, signal, profile),
    fitness: (check, accel) => placeFor(check).fitness(check, accel),
    attempt: (request, observer, signal) =>
      placeFor(request.instance.check).attempt(request, observer, signal),
    earlierLog: async (instance, signal) =>
      (await placeFor(instance.check).earlierLog?.(instance, signal)) ?? null,
  }
}

/** A place that cannot be read must not stand in the way of the other. */
function withWayAround(kind: CheckKind): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UserError)) throw error
    const hint = `--kind ${kind === 'vm' ? 'nixos' : 'vm'} leaves the checks of kind ${kind} out`
    throw new UserError(error.message, [...error.hints, hint], error.exitCode)
  }
}

/** Suites are described at once, so they come first: Nix may take minutes. */
async function* describeEach(
  places: ReadonlyMap<CheckKind, CheckPlace>,
  checks: ListedCheck[],
  signal: AbortSignal,
  profile: Profile | null,
): AsyncGenerator<DescribedCheck> {
  for (const [kind, place] of places) {
    const own = checks.filter((check) => check.kind === kind)
    if (own.length > 0) yield* place.describe(own, signal, profile)
  }
}
