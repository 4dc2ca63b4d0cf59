import type { CheckKind } from '../model/outcome.ts'
import { cacheFolder } from './cache-folder.ts'
import { kvmBoots } from './kvm.ts'
import { gitNeed, guestDiskNeed, kvmNeed, memoryNeed, nodeNeed, storeDiskNeed } from './machine-needs.ts'
import type { HostNeed, Need } from './need.ts'
import { nixNeeds } from './nix-needs.ts'
import type { Platform } from './platform.ts'
import { hasOwnChecks } from './project.ts'
import { readResources } from './resources.ts'
import { uefiNeed } from './uefi.ts'
import { guestNeed, iproute2Need, otherQemuNeed, packagesNeed, qemuNeed, toolsNeed } from './vm-needs.ts'

/** What to look at, and how closely. */
export interface Examination {
  kinds: CheckKind[]
  /** Try KVM again although it is known whether it works. */
  afresh: boolean
  /** Ends the trial of KVM. */
  signal?: AbortSignal
}

/** Looks at everything that checks of these kinds need of this host. Changes nothing; takes a few program starts. */
export async function examine(platform: Platform, { kinds, ...trial }: Examination): Promise<HostNeed[]> {
  const needs: HostNeed[][] = await Promise.all([
    forKinds(['vm', 'nixos'], kinds, async () => [
      nodeNeed(),
      memoryNeed(readResources()),
      kvmNeed(await kvmBoots(trial)),
    ]),
    // The builders of the project's own NixOS checks take the host's QEMU; elsewhere Nix brings its own.
    forKinds(hasOwnChecks() ? ['vm', 'nixos'] : ['vm'], kinds, async () => [
      await qemuNeed(hostOf(platform)),
    ]),
    forKinds(['vm'], kinds, () => vmNeeds(platform)),
    forKinds(['nixos'], kinds, async () => [gitNeed(), ...(await nixNeeds()), storeDiskNeed()]),
    forKinds(['nixos'], kinds, async () =>
      hasOwnChecks() ? [guestNeed(hostOf(platform)), iproute2Need(), toolsNeed()] : [],
    ),
  ])
  return needs.flat()
}

async function vmNeeds(platform: Platform): Promise<Need[]> {
  const host = hostOf(platform)
  return [
    await otherQemuNeed(host === 'x86_64' ? 'aarch64' : 'x86_64'),
    packagesNeed(platform),
    uefiNeed(host),
    guestDiskNeed(cacheFolder()),
  ]
}

function hostOf({ architecture }: Platform) {
  return architecture ?? 'x86_64'
}

/** Looks only where one of the wanted kinds has these needs. */
async function forKinds(
  theirs: CheckKind[],
  wanted: CheckKind[],
  look: () => Promise<Need[]>,
): Promise<HostNeed[]> {
  const kinds = theirs.filter((kind) => wanted.includes(kind))
  return kinds.length === 0 ? [] : (await look()).map((need) => ({ ...need, kinds }))
}
