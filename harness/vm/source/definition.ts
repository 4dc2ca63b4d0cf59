import type { Architecture, GuestDefinition, Topology } from '../suite.ts'

/** What a suite says of its check, but for the body: checked, units read, defaults filled in. */
export interface SuiteDefinition {
  name: string
  description: string | null
  tags: string[]
  nodes: SuiteNode[]
  /** On the scale of KVM. */
  timeoutSeconds: number
  /** The first is that of the check without a topology in its name. */
  topologies: Topology[]
  /** Profiles under which it is meant to pass; null: all. */
  profiles: string[] | null
}

/** One VM of a check. */
export interface SuiteNode {
  name: string
  /** null: the host's. */
  architecture: Architecture | null
  memoryMiB: number
  cores: number
  vlans: number[]
  diskSizesMiB: number[]
  guest: GuestDefinition
  qemuOptions: string[]
}

/** What a suite exports cannot be run. */
export interface DefinitionIssue {
  /** Keys that lead to the value, such as `nodes`, `alpha`, `memory`; empty for the definition as a whole. */
  path: string[]
  message: string
}

/** Names of a suite's checks with their topologies: NAME, then NAME-TOPOLOGY for each further topology. */
export function checksOf({ name, topologies }: SuiteDefinition): { name: string; topology: Topology }[] {
  return topologies.map((topology, index) => ({
    name: index === 0 ? name : `${name}-${topology}`,
    topology,
  }))
}
