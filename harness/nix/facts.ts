/** What the evaluation of one check told, before anything is made of it; see `factsFunction`. */
export interface RawFacts {
  /** Store path of the .drv file. */
  derivation: string
  nodes: RawNode[] | null
  hasDriver: boolean
  hasVmScripts: boolean
  /** Store path of the driver's .drv file; null when it has none. */
  driver: string | null
  timeoutSeconds: number | null
  description: string | null
  /** The attribute `vmproof` of the check, as it is. */
  declared: Record<string, unknown> | null
  /** It offers extendNixOS or extend. */
  isExtensible: boolean
}

/** A node as its configuration declares it; null where it does not say. */
export interface RawNode {
  name: string
  memoryMiB: number | null
  cores: number | null
  system: string | null
}

/** `notDerivation` is the Nix type of what stands there instead. */
export type ParsedFacts = RawFacts | { notDerivation: string } | null

/** Reads the JSON of `factsFunction`; wrong types become null. @returns null when it is something else */
export function parseFacts(json: string): ParsedFacts {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  if (typeof value.notDerivation === 'string') return { notDerivation: value.notDerivation }
  if (typeof value.derivation !== 'string') return null
  return {
    derivation: value.derivation,
    nodes: Array.isArray(value.nodes) ? value.nodes.filter(isObject).map(nodeOf) : null,
    hasDriver: value.hasDriver === true,
    hasVmScripts: value.hasVmScripts === true,
    driver: text(value.driver) || null,
    timeoutSeconds: number(value.timeout),
    description: text(value.description),
    declared: isObject(value.declared) ? value.declared : null,
    isExtensible: value.isExtensible === true,
  }
}

/** When only the derivation could be evaluated. */
export function factsOfDerivation(derivation: string): RawFacts {
  return {
    derivation,
    nodes: null,
    hasDriver: false,
    hasVmScripts: false,
    driver: null,
    timeoutSeconds: null,
    description: null,
    declared: null,
    isExtensible: false,
  }
}

function nodeOf(value: Record<string, unknown>): RawNode {
  return {
    name: text(value.name) ?? '',
    memoryMiB: number(value.memoryMiB),
    cores: number(value.cores),
    system: text(value.system),
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null
}
