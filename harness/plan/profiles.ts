import type { CheckMetadata, NodeNeeds } from '../model/check.ts'
import type { AcceleratorChoice } from '../model/outcome.ts'
import type { Profile } from '../model/profile.ts'
import { fitsNode } from '../profile/node-glob.ts'
import type { SelectedCheck } from './select.ts'

/** A selected check under one profile: what becomes one instance. */
export interface SelectedInstance extends SelectedCheck {
  /** null: none. */
  profile: Profile | null
}

/** Each check under each profile, by check. @param profiles null stands for none */
export function underProfiles(
  selected: readonly SelectedCheck[],
  profiles: readonly (Profile | null)[],
): SelectedInstance[] {
  return selected.flatMap((one) => profiles.map((profile) => ({ ...one, profile })))
}

/** `check`, or `check@profile`: unique in a run, and the same in every run. */
export function instanceId(check: string, profile: Pick<Profile, 'name'> | null): string {
  return profile === null ? check : `${check}@${profile.name}`
}

/** Whether a profile changes nothing, as `baseline` does: every check can run under it. */
function changesNothing({ links, limits, accelerator, timeoutFactor }: Profile): boolean {
  return links.length === 0 && limits.length === 0 && accelerator === null && timeoutFactor === 1
}

/** Whether a profile changes the machines of a check, not only how long or under what they run. */
export function changesNodes({ links, limits }: Profile): boolean {
  return links.length > 0 || limits.length > 0
}

/** @returns why a check makes no sense under a profile, one line, or null */
export function whyNotUnder(profile: Profile, metadata: CheckMetadata): string | null {
  const { profiles = null, whyNoProfile = null, isVmTest } = metadata
  if (changesNothing(profile)) return null
  if (!isVmTest) return `it is no VM test, the profile ${profile.name} has nothing to act on`
  if (profiles !== null && !profiles.includes(profile.name)) {
    const meant = profiles.length === 0 ? 'none' : profiles.join(', ')
    return `it is not meant for the profile ${profile.name}, only for ${meant}`
  }
  if (profile.accelerator === 'hvf') return `the profile ${profile.name} wants hvf, which cannot be asked for`
  return changesNodes(profile) && whyNoProfile !== null ? whyNoProfile : null
}

/** Nodes as they are under a profile; of several limits that fit a node, later ones win. */
export function limitedNodes<Node extends Pick<NodeNeeds, 'name' | 'memoryMiB' | 'cores'>>(
  nodes: readonly Node[],
  profile: Pick<Profile, 'limits'> | null,
): Node[] {
  return nodes.map((node) => {
    const own = profile?.limits.filter((limit) => fitsNode(limit.nodes, node.name)) ?? []
    return {
      ...node,
      memoryMiB: own.findLast(({ memoryMiB }) => memoryMiB !== null)?.memoryMiB ?? node.memoryMiB,
      cores: own.findLast(({ cores }) => cores !== null)?.cores ?? node.cores,
    }
  })
}

/** What is asked for: a profile's accelerator is one of its conditions, and beats the command line. */
export function acceleratorAsked(
  profile: Pick<Profile, 'accelerator'> | null,
  accel: AcceleratorChoice,
): AcceleratorChoice {
  const wanted = profile?.accelerator ?? null
  return wanted === null || wanted === 'hvf' ? accel : wanted
}
