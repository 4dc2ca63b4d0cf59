import type { LogEvent } from '../../model/log-event.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { SearchQuestion } from '../../model/sweep.ts'
import { nextStep } from '../../sweep/search.ts'
import { steps, type ToldStep } from '../unit/reporters/log-steps.ts'
import { type MadeAttempt, type MadeCheck, makeRun } from './made-run.ts'

const failedCommand = "kubectl get nodes --no-headers | grep -c ' Ready' | grep -qx 3"
const message = `command \`${failedCommand}\` failed (exit code 1)`

/** The line of the failing check's log with which the failing assertion begins. */
export const failingLine = 1985

const networkSteps: ToldStep[] = [
  { kind: 'wait_for_unit', text: 'k3s.service', phase: '[PHASE 1] Booting', end: { seconds: 31.25 } },
  { node: 'agent_1', kind: 'wait_for_unit', text: 'k3s-agent.service', phase: '[PHASE 1] Booting' },
  {
    node: null,
    kind: 'subtest',
    text: 'nodes join',
    phase: '[PHASE 2] Network',
    end: { outcome: 'failed', message, seconds: 4 },
  },
  { kind: 'wait_for_open_port', text: '6443 on localhost', phase: '[PHASE 2] Network', path: ['nodes join'] },
  {
    kind: 'succeed',
    text: failedCommand,
    phase: '[PHASE 2] Network',
    path: ['nodes join'],
    end: {
      outcome: 'failed',
      seconds: 0.41,
      message,
      output: 'agent-1   NotReady   <none>   12s\nserver-1  Ready   control-plane\n',
    },
  },
]

function* bootLog(node: string, lines: number): Generator<string> {
  for (let line = 1; line <= lines; line++) {
    yield line === failingLine
      ? `${node}: must succeed: ${failedCommand}\n`
      : `${node} # [${(line / 13).toFixed(6).padStart(12)}] systemd[1]: \x1b[32mStarted\x1b[0m Unit number ${line}.\n`
  }
}

const networkFailure: MadeAttempt = {
  at: 62,
  seconds: 121,
  stages: [
    ['realising-inputs', 0],
    ['running', 9],
  ],
  outcome: 'failed',
  events: [
    { type: 'scriptStarted', line: 10 },
    ...steps(networkSteps).map(
      (event): LogEvent =>
        event.type === 'assertionStarted' && event.index === 4 ? { ...event, line: failingLine } : event,
    ),
    {
      type: 'symptomSeen',
      symptom: 'oom-kill',
      node: 'server_1',
      line: 640,
      text: '[  112.301] Out of memory: Killed process 812 (etcd)',
    },
  ],
  failure: {
    assertion: 4,
    node: 'server_1',
    kind: 'succeed',
    message,
    traceback: ['line 57, in <module>: server_1.succeed(join_check)'],
  },
  nodes: [{ name: 'server_1', consoleLines: 812, booted: true, symptoms: ['oom-kill'] }],
  consoles: [
    {
      node: 'server_1',
      lines: [
        '[  112.301] Out of memory: Killed process 812 (etcd)',
        '[  112.420] k3s.service: Main process exited',
      ],
    },
    { node: 'agent_1', lines: ['[  113.004] k3s-agent: dial tcp 10.0.0.1:6443: connection refused'] },
  ],
  log: bootLog('server_1', 2000),
}

function passing(at: number, seconds: number, facts: Partial<MadeAttempt> = {}): MadeAttempt {
  return {
    at,
    seconds,
    stages: [
      ['realising-inputs', 0],
      ['running', seconds * 0.15],
    ],
    events: [
      { type: 'scriptStarted', line: 3 },
      ...steps([
        {
          kind: 'wait_for_unit',
          text: 'multi-user.target',
          phase: '[PHASE 1] Boot',
          end: { seconds: seconds * 0.6 },
        },
        {
          kind: 'succeed',
          text: 'ping -c 3 beta',
          phase: '[PHASE 2] Reach',
          end: { seconds: seconds * 0.2 },
        },
      ]),
      {
        type: 'metricRecorded',
        metric: { name: 'rtt', value: 12.5 + (seconds % 7), unit: 'ms', node: 'alpha' },
      },
      { type: 'scriptFinished', seconds, line: 40 },
    ],
    log: bootLog('alpha', 60),
    ...facts,
  }
}

const small = { memoryMiB: 1024, cores: 1 }
const large = { memoryMiB: 4096, cores: 2 }

const checks: MadeCheck[] = [
  { check: 'k3s-network', tags: ['k3s', 'network'], needs: large, attempts: [networkFailure] },
  {
    check: 'storage-replication',
    tags: ['storage'],
    needs: large,
    attempts: [
      passing(0, 58, {
        outcome: 'timed-out',
        failure: { kind: 'timeout', message: 'timed out in replica_2: wait_for_unit longhorn.service' },
      }),
      passing(184, 60),
    ],
  },
  { check: 'smoke', needs: small, attempts: [passing(0, 12)] },
  { check: 'two-nodes', tags: ['network'], needs: { memoryMiB: 2048, cores: 2 }, attempts: [passing(0, 44)] },
  { check: 'bond-failover', tags: ['network'], needs: small, attempts: [passing(13, 71)] },
  { check: 'vlan-separation', tags: ['network'], needs: small, attempts: [passing(45, 33)] },
  {
    check: 'boot-uefi',
    needs: small,
    attempts: [
      passing(80, 3, {
        outcome: 'errored',
        failure: { kind: 'node-died', node: 'machine', message: 'QEMU of machine died (signal 11)' },
      }),
    ],
  },
  { check: 'cluster-formation', tags: ['k3s'], needs: large, attempts: [passing(123, 60)] },
  ...Array.from(
    { length: 12 },
    (_, index): MadeCheck => ({
      check: `unit-group-${index + 1}`,
      needs: small,
      attempts: [passing(85 + index * 9, 8 + (index % 4))],
    }),
  ),
  { check: 'arm64-boots', tags: ['arm64'], skipped: 'needs qemu-system-aarch64, which is not installed' },
]

/** A run with something of everything, and half a year of history before it. @returns its folder */
export function makeShowcase(out: string): string {
  for (let day = 1; day <= 18; day++) makePast(out, day)
  return makeRun(out, '20261120T080000000Z-5afe', { checks, seconds: 244, exitCode: 1 })
}

/** One of the runs before: some checks, some of which have failed now and then. */
function makePast(out: string, day: number): void {
  const date = `2026-11-${String(day).padStart(2, '0')}`
  const past: MadeCheck[] = checks
    .filter(({ attempts }) => attempts !== undefined)
    .map((made, index) => {
      const outcome: Outcome = (day * 7 + index * 3) % 11 === 0 && index < 5 ? 'failed' : 'passed'
      const usual = made.attempts?.at(-1)?.seconds ?? 0
      const seconds = usual * (1 + ((day * 13 + index) % 7) / 60) * (index === 2 && day < 13 ? 0.5 : 1)
      const why = outcome === 'passed' ? {} : { failure: { message: 'assert answer == 42' } }
      return { ...made, attempts: [{ at: 0, seconds, outcome, ...why }] }
    })
  makeRun(out, `${date.replaceAll('-', '')}T080000000Z-${day.toString(16).padStart(4, '0')}`, {
    checks: past,
    info: { startedAt: `${date}T08:00:00.000Z` },
  })
}

/** Profiles of the sweep that is shown. */
export const sweepProfiles = [
  'baseline',
  'latency',
  'lossy',
  'edge',
  'satellite',
  'mobile',
  'congested',
  'jittery',
  'rate=1mbit',
  'delay=100ms',
]

/** Two sweeps of six checks under ten profiles, the newer one of which is worse. @returns folder of the newer */
export function makeSweeps(out: string): string {
  makeSweep(out, 19)
  return makeSweep(out, 20)
}

function makeSweep(out: string, day: number): string {
  const names = ['k3s-network', 'two-nodes', 'bond-failover', 'vlan-separation', 'storage-replication', 'dns']
  const made = names.flatMap((check, row) =>
    sweepProfiles.map((profile, column): MadeCheck => {
      const slow = 1 + column * 0.35 * ((row % 3) + 0.5)
      const fails = row + column > (day === 20 ? 11 : 12) || (row === 1 && column === 4 && day === 19)
      const attempt = passing(row * 100 + column * 10, 9 * slow, {
        outcome: fails ? 'failed' : 'passed',
        ...(fails && { failure: { message: `no answer under ${profile}` } }),
      })
      const rtt: LogEvent = {
        type: 'metricRecorded',
        metric: { name: 'rtt', value: 2 + column * 11 + row, unit: 'ms', node: 'alpha' },
      }
      const rate: LogEvent = {
        type: 'metricRecorded',
        metric: { name: 'throughput', value: 940 / (column + 1), unit: 'Mbit/s', node: null },
      }
      if (row === 5 && column > 7) return { check, profile, skipped: 'dns is not meant for slow links' }
      return { check, profile, attempts: [{ ...attempt, events: [rtt, ...(row < 3 ? [rate] : [])] }] }
    }),
  )
  return makeRun(out, `202611${day}T100000000Z-cafe`, {
    checks: made,
    info: {
      startedAt: `2026-11-${day}T10:00:00.000Z`,
      command: ['vmproof', 'sweep'],
      sweep: { type: 'profiles', profiles: sweepProfiles, against: null },
    },
    exitCode: 1,
  })
}

/** A search for the loss at which two checks stop passing, as `sweep` would go about it. @returns its folder */
export function makeSearch(out: string): string {
  const question = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 } as const
  return makeRun(out, '20261120T120000000Z-beef', {
    checks: [...probes('transfer', question, 7), ...probes('ping', question, 100)],
    info: {
      startedAt: '2026-11-20T12:00:00.000Z',
      command: ['vmproof', 'sweep', '--find', 'loss=0..20'],
      sweep: { type: 'search', question },
    },
  })
}

/** @param threshold near which its outcomes are mixed */
function probes(check: string, question: SearchQuestion, threshold: number): MadeCheck[] {
  const known = new Map<number, Outcome[]>()
  for (;;) {
    const step = nextStep(question, known)
    if (step.type !== 'attempt') break
    const before = known.get(step.value) ?? []
    const passes = step.value < threshold + (before.length - 1) * 3
    known.set(step.value, [...before, passes ? 'passed' : 'failed'])
  }
  return [...known].map(([value, outcomes], index) => ({
    check,
    profile: `loss=${value}%`,
    attempts: outcomes.map((outcome, attempt) => ({
      at: index * 20 + attempt * 6,
      seconds: 5,
      outcome,
      ...(outcome === 'failed' && { failure: { message: 'the transfer stalled' } }),
    })),
  }))
}
