/** Tags that a CI system's runners have, by what a check needs of its runner. */
export interface Labels {
  /** Every job asks for them, also the one that only merges reports: such as where no runner takes untagged jobs. */
  all: string[]
  /** It needs KVM. */
  kvm: string[]
  /** It is of kind `nixos`. */
  nix: string[]
  /** It needs an aarch64 machine: Nix builds it there, or KVM shall run its nodes. */
  aarch64: string[]
  /** All its VMs together need more memory than most runners have; null: no such runners. */
  largeMemory: { aboveMiB: number; tags: string[] } | null
}
