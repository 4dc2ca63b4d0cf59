import type { CheckMetadata, Derivation, NodeNeeds } from '../model/check.ts'
import type { Accelerator } from '../model/outcome.ts'
import { parseDuration, parseMemory } from '../model/units.ts'
import type { DerivationFile } from './derivation-file.ts'
import type { RawFacts, RawNode } from './facts.ts'
import { tagsOfDerivationSystem, unique } from './tags.ts'

const notExtensible =
  'no profile can be put on it: it offers neither extendNixOS nor extend, as the tests of nixpkgs do'

/** NixOS's own defaults: `virtualisation.memorySize` and `virtualisation.cores`. */
const defaultNode = { memoryMiB: 1024, cores: 1 }

/** What a check is, from its evaluation and its derivation's file. */
export function metadataOf(
  facts: RawFacts,
  file: DerivationFile,
): CheckMetadata & { derivation: Derivation } {
  const { inputs: _, ...derivation } = file
  const declared = declarationOf(facts.declared ?? {})
  return {
    derivation,
    isVmTest: isVmTest(facts, file),
    nodes: nodesOf(facts.nodes, declared),
    timeoutSeconds: declared.timeoutSeconds ?? facts.timeoutSeconds,
    tags: unique([...declared.tags, ...tagsOfDerivationSystem(file.system)]),
    accelerator: declared.accelerator,
    hasDriver: facts.hasDriver,
    driverDerivation: facts.driver,
    description: facts.description,
    profiles: declared.profiles,
    whyNoProfile: facts.isExtensible ? null : notExtensible,
  }
}

/**
 * NixOS tests by their name, their passthru or their feature; others, such as Debian images under the NixOS
 * driver, need KVM and have a driver, VM scripts or the word test in their name.
 */
function isVmTest(facts: RawFacts, { name, requiredSystemFeatures: features }: DerivationFile): boolean {
  if (name.startsWith('vm-test-run-') || features.includes('nixos-test')) return true
  if (facts.nodes && facts.hasDriver) return true
  const looksLikeOne = facts.hasDriver || facts.hasVmScripts || /(^|-)tests?(-|$)/.test(name)
  return features.includes('kvm') && looksLikeOne
}

function nodesOf(nodes: RawNode[] | null, declared: Declaration): NodeNeeds[] | null {
  if (nodes) return nodes.map((node) => needsOf(node))
  const { memoryMiB, cores } = declared
  return memoryMiB === null && cores === null
    ? null
    : [needsOf({ name: 'all', memoryMiB, cores, system: null })]
}

function needsOf(node: RawNode): NodeNeeds {
  return {
    name: node.name,
    memoryMiB: node.memoryMiB ?? defaultNode.memoryMiB,
    cores: node.cores ?? defaultNode.cores,
    system: node.system,
  }
}

/** What a check may say of itself: `passthru.vmproof = { tags, timeout, memory, cores, accelerator, profiles }`. */
interface Declaration {
  tags: string[]
  timeoutSeconds: number | null
  memoryMiB: number | null
  cores: number | null
  accelerator: Accelerator | null
  profiles: string[] | null
}

function declarationOf(declared: Record<string, unknown>): Declaration {
  const { tags, timeout, memory, cores, accelerator, profiles } = declared
  return {
    tags: texts(tags) ?? [],
    timeoutSeconds: amount(timeout, parseDuration),
    memoryMiB: amount(memory, parseMemory),
    cores: amount(cores, Number),
    accelerator: accelerator === 'kvm' || accelerator === 'tcg' ? accelerator : null,
    profiles: texts(profiles),
  }
}

function texts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : null
}

/** A number counts in the unit of the model; a text says its own, such as `15m` or `3G`; nonsense is ignored. */
function amount(value: unknown, parse: (text: string, option: string) => number): number | null {
  if (typeof value === 'number') return value > 0 ? value : null
  if (typeof value !== 'string') return null
  try {
    return parse(value, 'vmproof') || null
  } catch {
    return null
  }
}
