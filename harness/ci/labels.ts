import type { DescribedCheck } from '../model/check.ts'
import type { Labels } from '../model/labels.ts'
import type { Accelerator, AcceleratorChoice } from '../model/outcome.ts'
import type { Instance } from '../model/plan.ts'

/** What a job demands of the machine that runs it. */
export interface RunnerNeeds {
  kvm: boolean
  nix: boolean
  aarch64: boolean
  largeMemory: boolean
}

/** What holds where the configuration has no `[labels]`, by the names that most give to such runners. */
export const usualLabels: Labels = {
  all: [],
  kvm: ['kvm'],
  nix: ['nix'],
  aarch64: ['aarch64'],
  // A machine of 16 GB keeps some for itself.
  largeMemory: { aboveMiB: 12 * 1024, tags: ['large-memory'] },
}

/**
 * What a check is run under in CI: `auto` asks for KVM only where a check cannot do without, because runners that
 * have it are few.
 *
 * @returns null for what boots no VM
 */
export function acceleratorInCi(
  { kind, metadata }: Pick<DescribedCheck, 'kind' | 'metadata'>,
  choice: AcceleratorChoice,
): Accelerator | null {
  if (metadata && !metadata.isVmTest) return null
  const declared = metadata?.accelerator ?? null
  if (declared !== null) return declared
  if (choice !== 'auto') return choice
  if (kind === 'vm') return 'tcg'
  // What cannot be evaluated here may be evaluated there: a NixOS test asks for KVM unless it says otherwise.
  return (metadata?.derivation?.requiredSystemFeatures.includes('kvm') ?? true) ? 'kvm' : 'tcg'
}

/** What one instance demands of a runner. */
export function needsOfRunner(
  { check, metadata, accelerator, needs }: Instance,
  { largeMemory }: Labels,
): RunnerNeeds {
  return {
    kvm: accelerator === 'kvm',
    nix: check.kind === 'nixos',
    aarch64: wantsAarch64(metadata, accelerator),
    largeMemory: largeMemory !== null && needs.memoryMiB > largeMemory.aboveMiB,
  }
}

/** Nix builds on a machine of the derivation's system; QEMU translates the code of any other. */
function wantsAarch64(metadata: Instance['metadata'], accelerator: Accelerator | null): boolean {
  if (metadata?.derivation) return metadata.derivation.system.startsWith('aarch64-')
  const nodes = metadata?.nodes ?? []
  return (
    accelerator === 'kvm' && nodes.length > 0 && nodes.every(({ system }) => system?.startsWith('aarch64-'))
  )
}

/** Tags that a runner must have, each once. */
export function runnerTags(needs: RunnerNeeds, labels: Labels): string[] {
  return [
    ...new Set([
      ...labels.all,
      ...(needs.nix ? labels.nix : []),
      ...(needs.kvm ? labels.kvm : []),
      ...(needs.aarch64 ? labels.aarch64 : []),
      ...(needs.largeMemory ? (labels.largeMemory?.tags ?? []) : []),
    ]),
  ]
}
