import type { Network } from '../machine/network.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import type { Topology } from '../suite.ts'
import { createExpect, type Expectation, type Measured } from './expectation.ts'
import type { VmNode } from './node.ts'

/** What a script may use besides its nodes. */
export interface TestTools {
  /** Starts all nodes at once; without it each starts at its first command. */
  startAll(): Promise<void>
  /** A named part of the test; it fails when anything in it does. @returns what `body` returns */
  subtest<T>(name: string, body: () => Promise<T>): Promise<T>
  /** A line of the script's own, such as a `[PHASE 2] …` banner, which opens a phase. */
  print(text: string): void
  /** Records a measured value. */
  metric(measured: Measured): void
  /** Records a measured value and demands something of it: `expect({ … }).toBeNear(50, { percent: 5 })`. */
  expect(measured: Measured): Expectation
  /** Cuts nodes off from those of other groups, on every switch; a node in no group still reaches all. */
  partition(...groups: VmNode[][]): void
  /** Ends a partition. */
  heal(): void
  /** How the nodes are wired. */
  topology: Topology
  /** Name of the profile whose constraints hold on the links, such as `edge`; null: none was asked for. */
  profile: string | null
  /** Folder that becomes the test's output. */
  outputFolder: string
}

/** Names that no node can have. */
export const toolNames: readonly (keyof TestTools)[] = [
  ...(['startAll', 'subtest', 'print', 'metric', 'expect'] as const),
  ...(['partition', 'heal', 'topology', 'profile', 'outputFolder'] as const),
]

/** What a script is called with: its nodes by name, and the tools. */
export type TestContext<Name extends string = string> = TestTools & Record<Name, VmNode>

/** The body of a test. It fails by throwing. */
export type TestScript<Name extends string = string> = (context: TestContext<Name>) => Promise<void>

/** Gives a script its node names as types. */
export function testScript<Name extends string>(script: TestScript<Name>): TestScript<Name> {
  return script
}

/** What the context of a script is made of. @internal */
export interface ToolsSetup {
  nodes: VmNode[]
  network: Network
  log: TestRecorder
  topology: Topology
  profile?: string
  outputFolder: string
}

/** Builds the context of a script. @internal */
export function testContext({ nodes, network, log, ...given }: ToolsSetup): TestContext {
  const metric = (measured: Measured) => log.print(metricLine(measured))
  const tools: TestTools = {
    topology: given.topology,
    profile: given.profile ?? null,
    outputFolder: given.outputFolder,
    startAll: () => startAll(nodes, log),
    subtest: (name, body) => log.step({ type: 'subtest', name }, body),
    print: (text) => log.print(text),
    metric,
    expect: createExpect(log, metric),
    partition: (...groups) => {
      const names = groups.map((group) => group.map(({ name }) => name))
      const text = `partition: ${names.map((group) => group.join(', ')).join(' | ')}`
      log.demand({ type: 'assertion', node: null, kind: 'nested', text }, () => network.partition(names))
    },
    heal: () =>
      log.demand({ type: 'assertion', node: null, kind: 'nested', text: 'heal' }, () => network.heal()),
  }
  return Object.assign(Object.fromEntries(nodes.map((node) => [node.name, node])), tools) as TestContext
}

/** Fails only when all have come up or failed: none must come up behind the test's back. */
function startAll(nodes: VmNode[], log: TestRecorder): Promise<void> {
  log.checkOpen()
  return log.step({ type: 'work', node: null, text: 'start all VMs' }, async () => {
    const results = await Promise.allSettled(nodes.map((node) => node.start()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  })
}

// vmproof:metric rtt=52.1 ms node=alpha
function metricLine({ name, value, unit, node }: Measured): string {
  const told = `metric ${JSON.stringify(name)}`
  if (!/^[^\s=]+$/.test(name)) throw new Error(`${told}: a name has no blanks and no "="`)
  if (!/^\S*$/.test(unit)) throw new Error(`${told}: its unit ${JSON.stringify(unit)} has blanks`)
  if (!Number.isFinite(value)) throw new Error(`${told}: ${value} is no value`)
  return `vmproof:metric ${name}=${value} ${unit}${node === undefined ? '' : ` node=${node}`}`
}
