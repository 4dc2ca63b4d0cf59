import type { Metric } from '../../model/report.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import type { VmNode } from './node.ts'

/** What a script may use besides its nodes. */
export interface TestTools {
  /** Starts all nodes at once; without it each starts at its first command. */
  startAll(): Promise<void>
  /** A named part of the test; it fails when anything in it does. */
  subtest<T>(name: string, body: () => Promise<T>): Promise<T>
  /** A line of the script's own, such as a `[PHASE 2] …` banner. */
  print(text: string): void
  /** Records a measured value. */
  metric(metric: Omit<Metric, 'node'> & { node?: string }): void
  /** Folder that becomes the test's output. */
  outputFolder: string
}

/** What a script is called with: its nodes by name, and the tools. */
export type TestContext<Name extends string = string> = TestTools & Record<Name, VmNode>

/** The body of a test. It fails by throwing. */
export type TestScript<Name extends string = string> = (context: TestContext<Name>) => Promise<void>

/** Gives a script its node names as types. */
export function testScript<Name extends string>(script: TestScript<Name>): TestScript<Name> {
  return script
}

/** What the context of a script is made of. */
export interface ToolsSetup {
  nodes: VmNode[]
  log: TestRecorder
  outputFolder: string
  /** True when nobody wants to hear any more: the test was ended from outside the script. */
  isOver(): boolean
}

/** Builds the context of a script. */
export function testContext({ nodes, log, outputFolder, isOver }: ToolsSetup): TestContext {
  const tools: TestTools = {
    outputFolder,
    startAll: () =>
      log.step({ type: 'work', node: null, text: 'start all VMs' }, async () => {
        await Promise.all(nodes.map((node) => node.start()))
      }),
    subtest: async (name, body) => {
      try {
        return await log.step({ type: 'subtest', name }, body)
      } catch (error) {
        if (!isOver()) log.subtestFailed(name, asError(error))
        throw error
      }
    },
    print: (text) => log.print(text),
    // vmproof:metric rtt=52.1 ms node=alpha
    metric: ({ name, value, unit, node }) =>
      log.print(`vmproof:metric ${name}=${value} ${unit}${node === undefined ? '' : ` node=${node}`}`),
  }
  return Object.assign(Object.fromEntries(nodes.map((node) => [node.name, node])), tools) as TestContext
}

/** A script may throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
