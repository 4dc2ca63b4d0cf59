import type { CheckMetadata, DescribedCheck, ListedCheck } from '../model/check.ts'
import type { CheckOverride, Group } from '../model/config.ts'
import type { Accelerator, AcceleratorChoice } from '../model/outcome.ts'
import type { Instance, Needs } from '../model/plan.ts'
import type { Profile } from '../model/profile.ts'
import type { QuarantineEntry } from '../model/quarantine.ts'
import { groupsOf } from './groups.ts'
import { acceleratorAsked, instanceId, limitedNodes, type SelectedInstance } from './profiles.ts'
import { entriesFor } from './quarantine.ts'
import { matchesAny } from './select.ts'

/** Memory that QEMU itself takes beside a guest's own, per node: its heap, devices and translated code. */
export const qemuOverheadMiB = 128

/** A formatter or a package boots nothing. */
const noVmNeeds: Needs = { memoryMiB: 512, cores: 1 }

/** For a check that does not tell its nodes: one of NixOS's default size would do, two is the usual test. */
export const unknownNeeds: Needs = { memoryMiB: 2 * (1024 + qemuOverheadMiB), cores: 1 }

/** As long as the NixOS driver's own global timeout. */
export const defaultTimeoutSeconds = 3600

/** How much longer a check that was made for KVM may take where every guest instruction is translated. */
export const tcgTimeoutFactor = 4

/** Node's timers hold 31 bits of milliseconds, almost 25 days; beyond that they fire at once. */
const longestTimeoutSeconds = 2_147_483

/** What decides over an instance beside its check. */
export interface InstanceOptions {
  accel: AcceleratorChoice
  /** By instance id: what it will run under, where that is known before its log is read. */
  accelerators: ReadonlyMap<string, Accelerator>
  /** From the command line. */
  timeoutSeconds: number | null
  overrides: CheckOverride[]
  quarantine: QuarantineEntry[]
  groups: Group[]
  /** By instance id, from earlier runs. */
  durations: ReadonlyMap<string, number>
}

/** What will be queued for a check under a profile; its metadata is null when it could not be evaluated. */
export function instanceOf(
  check: ListedCheck & Pick<DescribedCheck, 'metadata'> & { error?: unknown },
  { namedExplicitly, profile }: Pick<SelectedInstance, 'namedExplicitly' | 'profile'>,
  options: InstanceOptions,
): Instance {
  const { metadata: evaluated, error: _, ...listed } = check
  const override = overrideFor(check.name, options.overrides)
  const metadata = evaluated && {
    ...evaluated,
    nodes: evaluated.nodes && limitedNodes(evaluated.nodes, profile),
    isVmTest: override.vmTest ?? evaluated.isVmTest,
  }
  const id = instanceId(check.name, profile)
  const asked = acceleratorAsked(profile, options.accel)
  const accelerator = options.accelerators.get(id) ?? acceleratorOf(metadata, asked)
  return {
    id,
    check: { ...listed, tags: [...new Set([...listed.tags, ...(metadata?.tags ?? []), ...override.tags])] },
    metadata,
    profile: profile?.name ?? null,
    ...(profile && { conditions: profile }),
    accelerator,
    needs: needsOf(metadata, override),
    timeoutSeconds: timeoutOf({ metadata, profile, accelerator }, override, options.timeoutSeconds),
    expectedSeconds: options.durations.get(id) ?? null,
    namedExplicitly,
    groups: groupsOf(check.name, options.groups),
    quarantine: entriesFor(check.name, options.quarantine),
  }
}

/** All entries that fit, folded: later ones win, tags add up. */
export function overrideFor(name: string, overrides: CheckOverride[]): Omit<CheckOverride, 'match'> {
  const none = { tags: [], vmTest: null, memoryMiB: null, cores: null, timeoutSeconds: null }
  return overrides
    .filter(({ match }) => matchesAny(name, [match]))
    .reduce<Omit<CheckOverride, 'match'>>(
      (folded, one) => ({
        tags: [...folded.tags, ...one.tags],
        vmTest: one.vmTest ?? folded.vmTest,
        memoryMiB: one.memoryMiB ?? folded.memoryMiB,
        cores: one.cores ?? folded.cores,
        timeoutSeconds: one.timeoutSeconds ?? folded.timeoutSeconds,
      }),
      none,
    )
}

/** The configuration wins: whoever writes a number there knows more than the nodes add up to. */
function needsOf(metadata: CheckMetadata | null, override: Omit<CheckOverride, 'match'>): Needs {
  const nodes = metadata?.nodes
  const told: Needs = nodes?.length
    ? {
        memoryMiB: nodes.reduce((sum, node) => sum + node.memoryMiB + qemuOverheadMiB, 0),
        cores: nodes.reduce((sum, node) => sum + node.cores, 0),
      }
    : metadata?.isVmTest === false
      ? noVmNeeds
      : unknownNeeds
  return { memoryMiB: override.memoryMiB ?? told.memoryMiB, cores: override.cores ?? told.cores }
}

/** @returns the Nix system that a check is for; null when its nodes differ, or do not say */
export function systemOf({ derivation, nodes }: CheckMetadata): string | null {
  if (derivation) return derivation.system
  const [system = null, ...others] = new Set(nodes?.map((node) => node.system))
  return others.length === 0 ? system : null
}

function acceleratorOf(metadata: CheckMetadata | null, accel: AcceleratorChoice): Accelerator | null {
  if (metadata && !metadata.isVmTest) return null
  return metadata?.accelerator ?? (accel === 'auto' ? null : accel)
}

/**
 * The command line beats the configuration, which beats what the check says of itself. A check that declares
 * TCG has chosen its time for it; one that was made for KVM gets more. So does one under a profile that slows down.
 */
function timeoutOf(
  conditions: { metadata: CheckMetadata | null; profile: Profile | null; accelerator: Accelerator | null },
  override: Omit<CheckOverride, 'match'>,
  commandLine: number | null,
): number {
  const { metadata, profile, accelerator } = conditions
  const seconds = commandLine ?? override.timeoutSeconds ?? metadata?.timeoutSeconds ?? defaultTimeoutSeconds
  const madeForTcg = metadata?.accelerator === 'tcg'
  const factor = accelerator === 'tcg' && !madeForTcg ? tcgTimeoutFactor : 1
  return Math.min(seconds * factor * (profile?.timeoutFactor ?? 1), longestTimeoutSeconds)
}
