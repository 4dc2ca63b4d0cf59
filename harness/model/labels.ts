/** Tags that a CI system's runners have, by what a check needs of its runner. */
export interface Labels {
  /** It needs KVM. */
  kvm: string[]
  /** It is of kind `nixos`. */
  nix: string[]
  /** One of its nodes is an aarch64 machine. */
  aarch64: string[]
  /** All its VMs together need more memory than most runners have; null: no such runners. */
  largeMemory: { aboveMiB: number; tags: string[] } | null
}

/** Every runner is as good as any other. */
export const noLabels: Labels = { kvm: [], nix: [], aarch64: [], largeMemory: null }
