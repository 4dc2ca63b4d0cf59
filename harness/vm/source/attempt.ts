import { join } from 'node:path'
import { toSeconds } from '../../model/units.ts'
import { UserError } from '../../model/user-error.ts'
import { tcgTimeoutFactor } from '../../plan/instances.ts'
import { makeFolders } from '../../process/make-folders.ts'
import type { AttemptObserver, AttemptRequest, AttemptResult } from '../../run/ports.ts'
import type { Topology } from '../suite.ts'
import type { NodeConfig, TestConfig } from '../test-config.ts'
import { type Acceleration, acceleratorOf, architectureOf, isNative } from './acceleration.ts'
import { underProfile } from './conditions.ts'
import { runDriver } from './driver-run.ts'
import { endOf } from './ending.ts'
import type { Guests } from './guests.ts'
import type { SoundSuite } from './library.ts'
import { makeStateFolder, removeStateFolder } from './state-folder.ts'

/** One check of a suite, and what this host has for it. */
export interface SuiteCheck {
  suite: SoundSuite
  topology: Topology
  acceleration: Acceleration
  guests: Guests
  /** Path of suite-driver.js. */
  driver: string
}

/** Makes a check's guests ready and runs it in a process of its own. */
export async function attemptSuite(
  check: SuiteCheck,
  request: AttemptRequest,
  observer: AttemptObserver,
  signal: AbortSignal,
): Promise<AttemptResult> {
  observer.stage('realising-inputs')
  const config = await configFor(check, request, signal).catch(asResult(signal))
  if ('end' in config) return config
  observer.stage('running')
  const startedAt = performance.now()
  const stateFolder = makeStateFolder()
  const { operator = null } = request
  try {
    const outputFolder = join(request.folder, 'output')
    makeFolders(outputFolder)
    const { bundle, file } = check.suite
    const job = {
      bundle,
      file,
      config,
      outputFolder,
      stateFolder,
      harnessPid: process.pid,
      isOperated: operator !== null,
    }
    const ending = await runDriver(check.driver, job, { observer, operator }, signal)
    const seconds = toSeconds(performance.now() - startedAt)
    return { execution: 'executed', seconds, notes: notesOn(check), ...endOf(ending, observer) }
  } finally {
    removeStateFolder(stateFolder)
  }
}

async function configFor(
  { suite, topology, acceleration, guests }: SuiteCheck,
  { instance, timeoutSeconds }: AttemptRequest,
  signal: AbortSignal,
): Promise<TestConfig> {
  const { conditions: profile = null, accelerator } = instance
  const nodes = underProfile(suite.definition.nodes, profile).map(
    async ({ architecture: own, guest, ...node }): Promise<NodeConfig> => {
      const architecture = architectureOf({ architecture: own })
      const boot = await guests.prepare(guest, architecture, signal)
      return { ...node, architecture, accelerator: acceleratorOf(architecture, acceleration), boot }
    },
  )
  return {
    name: instance.check.name,
    topology,
    ...(profile && { profile: profile.name }),
    globalTimeoutSeconds: timeoutSeconds,
    timeoutFactor: (accelerator === 'tcg' ? tcgTimeoutFactor : 1) * (profile?.timeoutFactor ?? 1),
    snapshots: guests.snapshotFolder,
    nodes: await Promise.all(nodes),
  }
}

/** A guest that cannot be had is no fault of the check. */
function asResult(signal: AbortSignal): (error: unknown) => AttemptResult {
  return (error) => {
    const nothing = { execution: 'unknown', seconds: null, notes: [], details: [] } as const
    if (signal.aborted) return { ...nothing, notes: [], details: [], end: { type: 'interrupted' } }
    if (!(error instanceof UserError)) throw error
    const end = { type: 'broken', kind: 'build', message: error.message } as const
    return { ...nothing, notes: [], details: error.hints, end }
  }
}

function notesOn({ acceleration, suite }: SuiteCheck): string[] {
  const couldBe = suite.definition.nodes.some((node) => isNative(architectureOf(node)))
  const { whyNotKvm } = acceleration
  return couldBe && whyNotKvm !== null ? [`ran under TCG: ${whyNotKvm}`] : []
}
