import { existsSync } from 'node:fs'
import { diskNeed, gitNeed, kvmNeed, memoryNeed, nodeNeed } from './machine-needs.ts'
import type { Need } from './need.ts'
import { nixNeeds } from './nix-needs.ts'
import type { Platform } from './platform.ts'
import { hasOwnChecks } from './project.ts'
import { readResources } from './resources.ts'
import { vmNeeds } from './vm-needs.ts'

/** Looks at everything that checks need of this host. Changes nothing; takes a few program starts. */
export async function examine(platform: Platform): Promise<Need[]> {
  const [nix, vm] = await Promise.all([nixNeeds(), hasOwnChecks() ? vmNeeds(platform) : []])
  return [
    nodeNeed(),
    gitNeed(),
    ...nix,
    ...vm,
    kvmNeed(),
    memoryNeed(readResources()),
    diskNeed(existsSync('/nix') ? '/nix' : '/'),
  ]
}
