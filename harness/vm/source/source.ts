import { join } from 'node:path'
import type { CheckMetadata, DescribedCheck, ListedCheck } from '../../model/check.ts'
import type { CheckOverride } from '../../model/config.ts'
import type { AcceleratorChoice } from '../../model/outcome.ts'
import { overrideFor } from '../../plan/instances.ts'
import type { CheckPlace } from '../../run/ports.ts'
import { type Acceleration, accelerationFor, architectureOf, type KvmTruth } from './acceleration.ts'
import { attemptSuite } from './attempt.ts'
import { type CatalogueEntry, catalogueOf } from './catalogue.ts'
import type { SuiteDefinition } from './definition.ts'
import { fitnessOf } from './fitness.ts'
import { Guests } from './guests.ts'
import { loadSuites } from './library.ts'
import { type SuitePlace, suiteFiles } from './suite-files.ts'

/** Tag of checks that are another one on a further topology. */
const topologyTag = 'topology'

/** Where suites are, and what running them takes. */
export interface VmSourceOptions {
  place: SuitePlace
  /** Of the configuration: tags by name. */
  overrides: CheckOverride[]
  /** Bundles, packages and images are kept here; made when needed. */
  cacheFolder: string
  /** Holds this build of vmproof: suite.js, module-reader.js, suite-driver.js. */
  programFolder: string
  /** Asked once, and only when something may run under KVM. */
  kvm(): Promise<KvmTruth>
}

/** Checks of the built-in driver, one TypeScript file each. Nothing is read before the first method is called. */
export function createVmSource(options: VmSourceOptions): CheckPlace {
  const catalogue = once(async () => catalogueOf(await loadSuites(suiteFiles(options.place), options)))
  const kvm = once(() => options.kvm())
  const acceleration = (accel: AcceleratorChoice): Promise<Acceleration> => accelerationFor(accel, kvm)
  const guests = new Guests(options.cacheFolder)
  const soundEntry = async (name: string) => {
    const entry = (await catalogue()).get(name)
    if (!entry || entry.error) throw new Error(`${name} defines no check`)
    return entry
  }
  return {
    list: async () => [...(await catalogue()).values()].map((entry) => listedCheck(entry, options.overrides)),
    describe: async function* (checks, signal) {
      const known = await catalogue()
      if (signal.aborted) return
      for (const check of checks) yield describedCheck(check, known.get(check.name))
    },
    fitness: async ({ name }, accel) => {
      const { suite } = await soundEntry(name)
      return fitnessOf(suite.definition.nodes.map(architectureOf), accel, await acceleration(accel))
    },
    attempt: async (request, observer, signal) => {
      const entry = await soundEntry(request.instance.check.name)
      const driver = join(options.programFolder, 'suite-driver.js')
      const check = { ...entry, acceleration: await acceleration(request.accel), guests, driver }
      return attemptSuite(check, request, observer, signal)
    },
  }
}

function listedCheck(entry: CatalogueEntry, overrides: CheckOverride[]): ListedCheck {
  const { name, file } = entry
  const own = entry.error ? [] : tagsOf(entry)
  return {
    name,
    kind: 'vm',
    tags: [...new Set([...own, ...overrideFor(name, overrides).tags])],
    target: { type: 'suite', file, attribute: name },
  }
}

function tagsOf({ suite, topology }: Extract<CatalogueEntry, { error: null }>): string[] {
  const { tags, topologies } = suite.definition
  return topology === topologies[0] ? tags : [...tags, topologyTag]
}

function describedCheck(check: ListedCheck, entry: CatalogueEntry | undefined): DescribedCheck {
  if (!entry) throw new Error(`${check.name} was not listed`)
  return entry.error
    ? { ...check, metadata: null, error: entry.error }
    : { ...check, metadata: metadataOf(entry.suite.definition, check.tags), error: null }
}

function metadataOf(definition: SuiteDefinition, tags: string[]): CheckMetadata {
  return {
    derivation: null,
    isVmTest: true,
    nodes: definition.nodes.map((node) => ({
      name: node.name,
      memoryMiB: node.memoryMiB,
      cores: node.cores,
      system: `${architectureOf(node)}-linux`,
    })),
    timeoutSeconds: definition.timeoutSeconds,
    tags,
    accelerator: null,
    hasDriver: false,
    description: definition.description,
    profiles: definition.profiles,
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}
