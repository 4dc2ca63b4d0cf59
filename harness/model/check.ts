import type { Accelerator, CheckKind } from './outcome.ts'

/** Where a Nix check comes from: a flake output or an attribute of a Nix file. */
export type NixTarget =
  | { type: 'flake'; flake: string; attribute: string }
  | { type: 'file'; file: string; attribute: string }

/** Where a check of the built-in driver comes from. */
export interface SuiteTarget {
  type: 'suite'
  /** Absolute path of the suite file. */
  file: string
  /** The check's name: a file gives one check for each of its topologies. */
  attribute: string
}

/** What listing knows: nothing was evaluated for it. */
export interface ListedCheck {
  name: string
  kind: CheckKind
  /** Guessed from the name and the configuration; evaluation may add to them. */
  tags: string[]
  target: NixTarget | SuiteTarget
}

/** What QEMU takes for one VM of a check. */
export interface NodeNeeds {
  name: string
  memoryMiB: number
  cores: number
  system: string | null
}

/** What Nix builds for a check. */
export interface Derivation {
  /** Store path ending in .drv. */
  path: string
  /** Such as `vm-test-run-k3s-network`. */
  name: string
  system: string
  requiredSystemFeatures: string[]
  /** Output name to store path; null for an output whose path only the build tells. */
  outputs: Record<string, string | null>
}

/** What evaluation of one selected check told: Nix's, or the loading of a suite file. */
export interface CheckMetadata {
  /** null for checks of kind `vm`. */
  derivation: Derivation | null
  /** Whether it is a test on VMs; formatters and packages are not. */
  isVmTest: boolean
  /** null when the check does not say (no `nodes` passthru). */
  nodes: NodeNeeds[] | null
  timeoutSeconds: number | null
  tags: string[]
  /** What the check itself declares, for checks that never ask for KVM. */
  accelerator: Accelerator | null
  /** It offers a `driver` attribute to run outside the Nix sandbox. */
  hasDriver: boolean
  /** Store path of that driver's .drv file, where evaluation told it. */
  driverDerivation?: string | null
  description: string | null
  /** Names of the profiles under which it is meant to pass; absent or null: all. */
  profiles?: string[] | null
  /** Why no profile can be put on it, one line; absent or null: one can. */
  whyNoProfile?: string | null
}

/** Nix's own words, cut to what matters. */
export interface EvaluationError {
  message: string
  details: string[]
  /** It evaluates, to something that cannot be built. */
  isNotDerivation?: true
}

/** A selected check after evaluation. */
export type DescribedCheck =
  | (ListedCheck & { metadata: CheckMetadata; error: null })
  | (ListedCheck & { metadata: null; error: EvaluationError })
