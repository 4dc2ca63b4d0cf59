import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { LogEvent } from '../../model/log-event.ts'
import { runTest, type TestEnd } from '../../vm/driver.ts'
import { TestRecorder } from '../../vm/record/test-recorder.ts'
import type { TestScript } from '../../vm/script/test-script.ts'
import type { NodeConfig, TestConfig } from '../../vm/test-config.ts'
import { scratchFolder } from './scratch.ts'

/** What one test has left. */
export interface Recording {
  end: TestEnd
  /** The driver's log, as it is written. */
  log: Buffer
  /** The log without colours. */
  text: string
  events: LogEvent[]
  /** Rendered console lines, `node: text`. */
  console: string[]
  /** Gone when the vitest test has finished. */
  outputFolder: string
}

/** A small node that boots a guest of ours. @param guest folder of `makeGuest` */
export function smallNode(guest: string, overrides: Partial<NodeConfig> = {}): NodeConfig {
  return {
    name: 'machine',
    architecture: 'x86_64',
    accelerator: 'tcg',
    memoryMiB: 128,
    cores: 1,
    vlans: [],
    diskSizesMiB: [],
    boot: { type: 'own', kernel: join(guest, 'kernel'), initrd: join(guest, 'initrd') },
    qemuOptions: [],
    ...overrides,
  }
}

/** What a script is run with. */
export interface Surroundings {
  nodes: NodeConfig[]
  config?: Partial<TestConfig>
  /** The test file that the script stands in, and its lines where they are to be quoted. */
  source?: { path: string; lines?: string[] }
}

/** Boots real VMs and runs a script on them. */
export async function drive<Name extends string>(
  script: TestScript<Name>,
  { nodes, config, source }: Surroundings,
): Promise<Recording> {
  const stateFolder = scratchFolder()
  const outputFolder = join(stateFolder, 'out')
  mkdirSync(outputFolder)
  const written: Buffer[] = []
  const events: LogEvent[] = []
  const consoles: string[] = []
  const write = (text: string) => void written.push(Buffer.from(text))
  const log = new TestRecorder(
    { stdout: write, stderr: write },
    {
      event: (event) => events.push(structuredClone(event)),
      console: (node, text) => consoles.push(`${node}: ${text}`),
    },
  )
  const end = await runTest({
    config: {
      ...{ name: 't', topology: 'simple', timeoutFactor: 1, snapshots: null, globalTimeoutSeconds: 60 },
      nodes,
      ...config,
    },
    script: script as unknown as TestScript,
    source: {
      fileName: basename(source?.path ?? 'none'),
      shownAs: 'tests/script.ts',
      lines: source?.lines ?? [],
    },
    outputFolder,
    stateFolder,
    log,
  })
  const all = Buffer.concat(written)
  const text = all.toString('utf8').replace(/\x1b\[\d+m/g, '')
  return { end, log: all, text, events, console: consoles, outputFolder }
}
