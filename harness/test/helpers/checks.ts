import type { CheckMetadata, ListedCheck } from '../../model/check.ts'
import type { Instance } from '../../model/plan.ts'

/** A check as listing knows it. */
export function listed(name: string, facts: Partial<ListedCheck> = {}): ListedCheck {
  const attribute = `checks.x86_64-linux.${name}`
  return { name, kind: 'nixos', tags: [], target: { type: 'flake', flake: '.', attribute }, ...facts }
}

/** What evaluation tells of an ordinary one-node VM test. */
export function metadata(facts: Partial<CheckMetadata> = {}): CheckMetadata {
  return {
    derivation: {
      path: '/nix/store/00000000000000000000000000000000-vm-test-run-x.drv',
      name: 'vm-test-run-x',
      system: 'x86_64-linux',
      requiredSystemFeatures: [],
      outputs: { out: '/nix/store/00000000000000000000000000000000-vm-test-run-x' },
    },
    isVmTest: true,
    nodes: [{ name: 'machine', memoryMiB: 1024, cores: 1, system: null }],
    timeoutSeconds: null,
    tags: [],
    accelerator: null,
    hasDriver: false,
    description: null,
    ...facts,
  }
}

/** Of an attempt of which nobody noted when it was made. */
export const untimed = { startedAt: null, endedAt: null, stages: [] }

/** Something to queue. */
export function instance(id: string, facts: Partial<Instance> = {}): Instance {
  return {
    id,
    check: listed(id),
    metadata: metadata(),
    profile: null,
    accelerator: null,
    needs: { memoryMiB: 100, cores: 1 },
    timeoutSeconds: 60,
    expectedSeconds: null,
    namedExplicitly: false,
    groups: [],
    quarantine: [],
    ...facts,
  }
}
