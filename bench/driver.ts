import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder } from '../harness/host/cache-folder.ts'
import { runTest } from '../harness/vm/driver.ts'
import { prepareGuest } from '../harness/vm/guest/prepare.ts'
import { TestRecorder } from '../harness/vm/record/test-recorder.ts'
import type { PackagedGuest } from '../harness/vm/suite.ts'
import type { BootConfig, TestConfig } from '../harness/vm/test-config.ts'
import { median } from './lib/median.ts'
import { nixosWay, type VmTimes } from './lib/nixos-way.ts'

const boots = 5
const roundTrips = 200

/** What the NixOS driver's own measurements were made with: bash and coreutils dynamically linked, 256 MiB. */
const common: PackagedGuest = {
  packages: ['bash', 'coreutils', 'iproute2', 'iputils-ping', 'netcat-openbsd'],
}
const memoryMiB = 256

type OwnBoot = BootConfig & { type: 'own' }

interface Times extends VmTimes {
  /** Median of a number of `true`s with a time limit. */
  limitedMs: number
}

/**
 * Boot to the first answered command and the round trip of `succeed('true')`, under TCG: our driver and the NixOS
 * driver's way on the same guest, in turns, so that a busy moment of the host hits both; our tiny guest; and both
 * guests from snapshots.
 */
export default async function driver(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-'))
  try {
    const options = { cacheFolder: cacheFolder(), note: say }
    const [bash, tiny] = (await Promise.all([
      prepareGuest(common, 'x86_64', options),
      prepareGuest({}, 'x86_64', options),
    ])) as [OwnBoot, OwnBoot]
    const snapshots = join(folder, 'snapshots')
    const kinds = {
      nixos: () => nixosWay(bash, folder, roundTrips).then((times) => ({ ...times, limitedMs: Number.NaN })),
      bash: () => ours(bash, folder, null),
      tiny: () => ours(tiny, folder, null),
      bashRestored: () => ours(bash, folder, snapshots),
      tinyRestored: () => ours(tiny, folder, snapshots),
    }
    // The first start of each with snapshots makes one.
    await kinds.bashRestored()
    await kinds.tinyRestored()
    const found = await measured(kinds, say)
    return figures(found, say)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Medians over a number of boots, each kind in every round. */
async function measured<Kind extends string>(
  kinds: Record<Kind, () => Promise<Times>>,
  say: (line: string) => void,
): Promise<Record<Kind, Times>> {
  const names = Object.keys(kinds) as Kind[]
  const rounds: Record<Kind, Times>[] = []
  for (let round = 0; round < boots; round++) {
    const times: Partial<Record<Kind, Times>> = {}
    for (const name of names) times[name] = await kinds[name]()
    rounds.push(times as Record<Kind, Times>)
    const boot = names.map((name) => `${name} ${times[name]?.bootSeconds.toFixed(2)} s`)
    say(`round ${round + 1} of ${boots}: ${boot.join(', ')}`)
  }
  const of = (name: Kind, field: keyof Times) => median(rounds.map((times) => times[name][field]))
  const medians = names.map((name): [Kind, Times] => [
    name,
    {
      bootSeconds: of(name, 'bootSeconds'),
      roundTripMs: of(name, 'roundTripMs'),
      limitedMs: of(name, 'limitedMs'),
    },
  ])
  return Object.fromEntries(medians) as Record<Kind, Times>
}

function figures(
  found: Record<'nixos' | 'bash' | 'tiny' | 'bashRestored' | 'tinyRestored', Times>,
  say: (line: string) => void,
): Record<string, number> {
  const { nixos, bash, tiny, bashRestored, tinyRestored } = found
  const line = (name: string, { bootSeconds, roundTripMs, limitedMs }: Times) =>
    say(
      `${name}: boot to first command ${bootSeconds.toFixed(2)} s, succeed('true') ${roundTripMs.toFixed(1)} ms` +
        (Number.isNaN(limitedMs) ? '' : `, with a time limit ${limitedMs.toFixed(1)} ms`),
    )
  say(`medians of ${boots} boots, and of ${roundTrips} round trips in each`)
  line("bash and coreutils, the NixOS driver's way", nixos)
  line('bash and coreutils, ours', bash)
  line('bash and coreutils, from a snapshot', bashRestored)
  line('tiny', tiny)
  line('tiny, from a snapshot', tinyRestored)
  const bootRatio = bash.bootSeconds / nixos.bootSeconds
  const roundTripRatio = bash.roundTripMs / nixos.roundTripMs
  say(
    `ours over the NixOS driver's way: boot ${bootRatio.toFixed(2)}, round trip ${roundTripRatio.toFixed(2)}`,
  )
  return {
    bootToCommandSeconds: bash.bootSeconds,
    roundTripMs: bash.roundTripMs,
    roundTripWithLimitMs: bash.limitedMs,
    restoreToCommandSeconds: bashRestored.bootSeconds,
    tinyBootToCommandSeconds: tiny.bootSeconds,
    tinyRoundTripMs: tiny.roundTripMs,
    tinyRestoreToCommandSeconds: tinyRestored.bootSeconds,
    nixosWayBootToCommandSeconds: nixos.bootSeconds,
    nixosWayRoundTripMs: nixos.roundTripMs,
    bootRatio,
    roundTripRatio,
  }
}

/** One test of our driver, measured from inside its script: with log, switches and all. */
async function ours(boot: OwnBoot, folder: string, snapshots: string | null): Promise<Times> {
  const stateFolder = mkdtempSync(join(folder, 's-'))
  const outputFolder = join(stateFolder, 'out')
  mkdirSync(outputFolder)
  let log = ''
  const write = (text: string) => {
    log += text
  }
  let times: Times | null = null
  const end = await runTest({
    config: { ...config(boot), snapshots },
    script: async ({ machine }) => {
      if (!machine) throw new Error('there is one node')
      const start = performance.now()
      await machine.succeed('true')
      const bootSeconds = (performance.now() - start) / 1000
      const roundTripMs = await medianMs(() => machine.succeed('true'))
      const limitedMs = await medianMs(() => machine.execute('true', { timeout: 900 }))
      times = { bootSeconds, roundTripMs, limitedMs }
    },
    source: { fileName: 'driver.ts', shownAs: '<string>', lines: [] },
    outputFolder,
    stateFolder,
    log: new TestRecorder({ stdout: write, stderr: write }),
  })
  if (end !== 'passed' || times === null) throw new Error(`the test ${end}:\n${log.slice(-4000)}`)
  return times
}

async function medianMs(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < roundTrips; count++) {
    const begin = performance.now()
    await call()
    times.push(performance.now() - begin)
  }
  return median(times)
}

function config(boot: OwnBoot): TestConfig {
  return {
    name: 'bench',
    topology: 'simple',
    globalTimeoutSeconds: 600,
    timeoutFactor: 1,
    snapshots: null,
    nodes: [
      {
        name: 'machine',
        architecture: 'x86_64',
        accelerator: 'tcg',
        memoryMiB,
        cores: 1,
        vlans: [1],
        diskSizesMiB: [],
        boot,
        qemuOptions: [],
      },
    ],
  }
}
