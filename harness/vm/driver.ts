import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { secondsSince } from './elapsed.ts'
import { Machine } from './machine/machine.ts'
import { Network } from './machine/network.ts'
import type { TestRecorder } from './record/test-recorder.ts'
import { VmNode } from './script/node.ts'
import { type ScriptSource, scriptFrames } from './script/script-frames.ts'
import { asError, type TestScript, testContext } from './script/test-script.ts'
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

/** `timed-out`: the global timeout ended it, and all nodes are gone. */
export type TestEnd = 'passed' | 'failed' | 'timed-out'

interface Stage {
  network: Network
  nodes: { machine: Machine; node: VmNode }[]
}

/** Runs one test from its first switch to the last QEMU's end. Never throws for what the script or a node did. */
export async function runTest(test: Test): Promise<TestEnd> {
  const { log, config } = test
  const network = await startNetwork(test)
  const stage = { network, nodes: createNodes(test, network) }
  log.remark(null, `Test will time out and terminate in ${config.globalTimeoutSeconds} seconds`)
  const timeout = new AbortController()
  const end = await Promise.race([
    runScript(test, stage, timeout.signal),
    pause(config.globalTimeoutSeconds * 1000, 'timed-out' as const, { ref: false }),
  ])
  timeout.abort()
  if (end === 'timed-out') {
    await terminate(stage, log)
    return end
  }
  await log.step({ type: 'work', node: null, text: 'cleanup' }, () => cleanUp(stage, log))
  if (end === null) return 'passed'
  log.scriptFailedAfterCleanup(end)
  return 'failed'
}

async function startNetwork({ config, stateFolder, log }: Test): Promise<Network> {
  return log.step({ type: 'work', node: null, text: 'start all VLans' }, async () => {
    const network = await Network.start(config.nodes, stateFolder)
    for (const { folder } of network.vlans) {
      log.remark(null, 'start vlan')
      // The switch is a part of the driver; the NixOS driver's is a program with a pid of its own.
      log.remark(null, `running vlan (pid ${process.pid}; ctl ${folder})`)
    }
    return network
  })
}

function createNodes({ config, stateFolder, log }: Test, network: Network): Stage['nodes'] {
  return config.nodes.map((node) => {
    const machine = new Machine({ test: config, node, stateFolder, network, log })
    return { machine, node: new VmNode(node.name, machine, log) }
  })
}

/** @returns null when the script ran to its end */
async function runScript(test: Test, stage: Stage, over: AbortSignal) {
  const { log, script, outputFolder, source } = test
  const context = testContext({
    nodes: stage.nodes.map(({ node }) => node),
    log,
    outputFolder,
    isOver: () => over.aborted,
  })
  const start = performance.now()
  try {
    await log.step({ type: 'work', node: null, text: 'run the VM test script' }, () => script(context))
    log.remark(null, `test script finished in ${secondsSince(start).toFixed(2)}s`)
    return null
  } catch (thrown) {
    const error = asError(thrown)
    const failure = { error, frames: scriptFrames(error, source) }
    if (!over.aborted) log.scriptFailed(failure)
    return failure
  }
}

async function cleanUp({ nodes, network }: Stage, log: TestRecorder): Promise<void> {
  await stopNodes(nodes, log)
  for (const _ of network.vlans) log.remark(null, `kill vlan (pid ${process.pid})`)
  await network.stop()
}

/** The global timeout leaves no time for more than this; its block never ends, as in the NixOS driver's log. */
async function terminate({ nodes, network }: Stage, log: TestRecorder): Promise<void> {
  log.head('timeout reached; test terminating...')
  await stopNodes(nodes, log)
  await network.stop()
}

async function stopNodes(nodes: Stage['nodes'], log: TestRecorder): Promise<void> {
  const running = nodes.filter(({ machine }) => machine.running)
  await Promise.all(
    running.map(({ machine }) => {
      log.remark(null, `kill QemuMachine (pid ${machine.pid})`)
      return machine.stop()
    }),
  )
}
