import { performance } from 'node:perf_hooks'
import { afterSeconds, secondsSince } from './elapsed.ts'
import type { MachineError } from './errors.ts'
import { Machine } from './machine/machine.ts'
import { Network } from './machine/network.ts'
import { asError } from './record/error-text.ts'
import type { ScriptError } from './record/fact.ts'
import type { TestRecorder } from './record/test-recorder.ts'
import { VmNode } from './script/node.ts'
import { framesOf, type ScriptSource } from './script/script-frames.ts'
import { catchStrayErrors } from './script/stray-errors.ts'
import { type TestScript, testContext, toolNames } from './script/test-script.ts'
import { stillRunning } from './script/unawaited.ts'
import type { TestConfig } from './test-config.ts'

/** A test and its surroundings. */
export interface Test {
  config: TestConfig
  script: TestScript
  source: ScriptSource
  /** For what the script leaves behind; exists. */
  outputFolder: string
  /** For sockets; exists, is this test's alone, and has a short path (a Unix socket's is at most 107 bytes long). */
  stateFolder: string
  log: TestRecorder
}

/** `timed-out`: the global timeout ended it. All nodes are gone, whatever it was. */
export type TestEnd = 'passed' | 'failed' | 'timed-out'

interface Stage {
  network: Network
  /** Rejects when what must hold for a link cannot be made to hold, whatever the script makes of it. */
  broken: Promise<never>
  nodes: { machine: Machine; node: VmNode }[]
}

/**
 * Runs one test from its first switch to the last QEMU's end. Never throws for what the script, a node or the host
 * did. Only one test can run in a process: what its script throws past everybody is caught for the whole process.
 */
export async function runTest(test: Test): Promise<TestEnd> {
  const { log } = test
  const network = await startNetwork(test)
  if (network === null) {
    await log.end(null)
    return 'failed'
  }
  const stage = createStage(test, network)
  const stray = catchStrayErrors()
  try {
    return await play(test, stage, stray.thrown)
  } finally {
    stray.release()
  }
}

/** @returns null when the host does not let us */
async function startNetwork({ config, stateFolder, log }: Test): Promise<Network | null> {
  const text = 'start all VLans'
  return log
    .step({ type: 'work', node: null, text }, async () => {
      const network = await Network.start(config.nodes, stateFolder)
      for (const { folder } of network.vlans) {
        log.remark(null, 'start vlan')
        // The switch is a part of the driver; the NixOS driver's is a program with a pid of its own.
        log.remark(null, `running vlan (pid ${process.pid}; ctl ${folder})`)
      }
      return network
    })
    .catch((error: unknown) => {
      log.stageFailed(asError(error).message)
      return null
    })
}

function createStage({ config, stateFolder, outputFolder, log }: Test, network: Network): Stage {
  let breakOff: (error: MachineError) => void = () => undefined
  const broken = new Promise<never>((_, reject) => {
    breakOff = reject
  })
  broken.catch(() => undefined)
  const nodes = config.nodes.map((node) => {
    const machine = new Machine({ test: config, node, stateFolder, network, log, broken: breakOff })
    return { machine, node: new VmNode(node.name, { machine, config, outputFolder, log }) }
  })
  return { network, broken, nodes }
}

/** From the script's first line to the end of the clean-up. */
async function play(test: Test, stage: Stage, strayError: Promise<never>): Promise<TestEnd> {
  const { log, config } = test
  log.remark(null, 'test driver: vmproof')
  log.remark(null, `Test will time out and terminate in ${config.globalTimeoutSeconds} seconds`)
  const limit = timeLimit(config.globalTimeoutSeconds)
  const end = await Promise.race([runScript(test, stage, strayError), limit.over])
  limit.clear()
  if (end === 'timed-out') {
    log.timeoutReached()
    await terminate(stage, log)
    await log.end(null)
    return end
  }
  if (end) log.scriptFailed(end)
  await log.step({ type: 'work', node: null, text: 'cleanup' }, () => cleanUp(stage, log))
  await log.end(end)
  return end ? 'failed' : 'passed'
}

function timeLimit(seconds: number): { over: Promise<'timed-out'>; clear(): void } {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<'timed-out'>((resolve) => {
    timer = afterSeconds(seconds, () => resolve('timed-out'))
  })
  return { over, clear: () => clearTimeout(timer) }
}

/** @returns null when the script ran to its end */
async function runScript(test: Test, stage: Stage, strayError: Promise<never>): Promise<ScriptError | null> {
  const { log, source } = test
  const start = performance.now()
  try {
    await log.step({ type: 'script' }, () => Promise.race([runBody(test, stage), strayError, stage.broken]))
    log.scriptFinished(secondsSince(start))
    return null
  } catch (thrown) {
    const error = asError(thrown)
    return { thrown, error, frames: framesOf(error, log.originOf(thrown), source) }
  }
}

async function runBody({ log, script, config, outputFolder }: Test, stage: Stage): Promise<void> {
  const { network } = stage
  const nodes = stage.nodes.map(({ node }) => node)
  log.symbolsExposed({
    nodes: nodes.map(({ name }) => name),
    vlans: network.vlans.map(({ number }) => number),
    tools: toolNames,
  })
  await script(testContext({ ...config, nodes, network, log, outputFolder }))
  const [left] = log.running
  if (left) throw stillRunning(left)
}

async function cleanUp({ nodes, network }: Stage, log: TestRecorder): Promise<void> {
  await stopNodes(nodes, log)
  for (const _ of network.vlans) log.remark(null, `kill vlan (pid ${process.pid})`)
  await network.stop()
}

/** The global timeout leaves no time for more than this; nothing of it is told, as in the NixOS driver's log. */
async function terminate({ nodes, network }: Stage, log: TestRecorder): Promise<void> {
  await stopNodes(nodes, log)
  await network.stop()
}

async function stopNodes(nodes: Stage['nodes'], log: TestRecorder): Promise<void> {
  const stops = nodes.map(({ machine }) => {
    if (machine.running) log.remark(null, `kill QemuMachine (pid ${machine.pid})`)
    return machine.stop()
  })
  // One that makes trouble must not keep the others running.
  for (const stop of await Promise.allSettled(stops)) {
    if (stop.status === 'rejected') log.remark(null, `clean-up failed: ${asError(stop.reason).message}`)
  }
}
