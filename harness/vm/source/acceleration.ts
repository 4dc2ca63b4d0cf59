import type { Accelerator, AcceleratorChoice } from '../../model/outcome.ts'
import type { Architecture } from '../suite.ts'

/** What is known about KVM on a host. */
export interface KvmTruth {
  /** A Linux guest really boots under it. */
  works: boolean
  /** Why not, one line. */
  reason: string | null
}

/** How this host executes nodes. */
export interface Acceleration {
  /** For nodes of the host's own architecture; every other one is translated. */
  native: Accelerator
  /** Why it is not KVM, where KVM was looked at; one line. */
  whyNotKvm: string | null
}

/** KVM where a guest really boots under it, unless it is not wanted. */
export async function accelerationFor(
  accel: AcceleratorChoice,
  kvm: () => Promise<KvmTruth>,
): Promise<Acceleration> {
  if (accel === 'tcg') return { native: 'tcg', whyNotKvm: null }
  const { works, reason } = await kvm()
  return works
    ? { native: 'kvm', whyNotKvm: null }
    : { native: 'tcg', whyNotKvm: reason ?? 'KVM does not work' }
}

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' }

/** @returns what a node is; one that does not say is like the host where it can be */
export function architectureOf({ architecture }: { architecture: Architecture | null }): Architecture {
  return architecture ?? architectures[process.arch] ?? 'x86_64'
}

/** Whether the host's processor itself can execute nodes of this architecture. */
export function isNative(architecture: Architecture): boolean {
  return architecture === architectures[process.arch]
}

/** @returns what a node of this architecture runs under */
export function acceleratorOf(architecture: Architecture, { native }: Acceleration): Accelerator {
  return isNative(architecture) ? native : 'tcg'
}

/** @returns what a check as a whole counts as: it is as slow as its slowest node */
export function slowest(accelerators: Accelerator[]): Accelerator {
  return accelerators.find((one) => one === 'tcg') ?? accelerators[0] ?? 'tcg'
}
