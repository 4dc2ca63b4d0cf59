import type { LogEvent } from '../../../model/log-event.ts'
import type { Failure } from '../../../model/report.ts'
import type { PlannedInstance, UnstampedRunEvent } from '../../../model/run-event.ts'
import { steps, type ToldStep } from './log-steps.ts'

/*
 * The events of one invented run that holds every outcome: what the dispatcher would have written into its
 * journal. One second passes from event to event.
 */

const planned = (check: string, facts: Partial<PlannedInstance> = {}): UnstampedRunEvent => ({
  type: 'instancePlanned',
  instance: facts.profile ? `${check}@${facts.profile}` : check,
  check,
  kind: 'nixos',
  profile: null,
  accelerator: 'tcg',
  tags: ['k3s'],
  system: 'x86_64-linux',
  derivation: `/nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-vm-test-run-${check}.drv`,
  namedExplicitly: false,
  ...facts,
})

const attempt = (instance: string, number: number): UnstampedRunEvent => ({
  type: 'attemptStarted',
  instance,
  attempt: number,
  folder: `${instance}/attempt-${number}`,
})

const logged = (instance: string, number: number, events: LogEvent[]): UnstampedRunEvent[] =>
  events.map((event) => ({ type: 'attemptLogged', instance, attempt: number, event }))

type Ended = Extract<UnstampedRunEvent, { type: 'attemptEnded' }>

const ended = (instance: string, number: number, facts: Partial<Ended>): UnstampedRunEvent => ({
  type: 'attemptEnded',
  instance,
  attempt: number,
  outcome: 'passed',
  execution: 'executed',
  accelerator: 'tcg',
  seconds: 60,
  failure: null,
  nodes: [],
  notes: [],
  consoles: [],
  ...facts,
})

const boot: LogEvent[] = [
  { type: 'scriptStarted', line: 10 },
  { type: 'nodeStarted', node: 'server_1', line: 11 },
  { type: 'nodeBooted', node: 'server_1', seconds: 12.2, line: 90 },
]

const failedCommand = 'kubectl get nodes --no-headers | grep -c Ready | grep -qx 2'
const commandMessage = `command \`${failedCommand}\` failed (exit code 1)`

const networkSteps: ToldStep[] = [
  { kind: 'wait_for_unit', text: 'k3s.service', phase: '[PHASE 1] Booting cluster', end: { seconds: 31.25 } },
  { node: 'agent_1', kind: 'wait_for_unit', text: 'k3s-agent.service', phase: '[PHASE 1] Booting cluster' },
  {
    node: null,
    kind: 'subtest',
    text: 'nodes join',
    phase: '[PHASE 2] Network',
    end: { outcome: 'failed', message: commandMessage, seconds: 4 },
  },
  { kind: 'wait_for_open_port', text: '6443 on localhost', phase: '[PHASE 2] Network', path: ['nodes join'] },
  {
    kind: 'succeed',
    text: 'test -e /nope',
    phase: '[PHASE 2] Network',
    path: ['nodes join'],
    end: { outcome: 'failed', caught: true, message: 'command `test -e /nope` failed (exit code 1)' },
  },
  {
    kind: 'succeed',
    text: failedCommand,
    phase: '[PHASE 2] Network',
    path: ['nodes join'],
    end: {
      outcome: 'failed',
      seconds: 0.41,
      message: commandMessage,
      output: 'agent-1   NotReady   <none>   12s\nserver-1  Ready   control-plane\n',
    },
  },
  {
    node: 'agent_1',
    kind: 'wait_for_file',
    text: '/run/joined',
    phase: '[PHASE 2] Network',
    path: ['nodes join'],
    open: true,
  },
]

const sighting: LogEvent = {
  type: 'symptomSeen',
  symptom: 'oom-kill',
  node: 'server_1',
  line: 640,
  text: '[  112.301] Out of memory: Killed process 812 (etcd)',
}

const networkFailure: Failure = {
  assertion: 5,
  node: 'server_1',
  kind: 'succeed',
  message: commandMessage,
  traceback: ['line 57, in <module>: server_1.succeed(join_check)'],
}

const evaluationFailure: Failure = {
  assertion: null,
  node: null,
  kind: 'evaluation',
  message: "attribute 'k3s' missing",
  traceback: [],
}

/** Before the plan; `id` and host as a run would say. */
export const started: UnstampedRunEvent = {
  type: 'runStarted',
  schema: 1,
  run: {
    id: '20261120T075331Z-1a2b',
    startedAt: '2026-11-20T07:53:31.000Z',
    endedAt: null,
    seconds: null,
    vmproofVersion: '0.1.0',
    host: { name: 'builder-1', system: 'x86_64-linux', cores: 4, memoryMiB: 16384 },
    command: ['run', '--accel', 'tcg', '--retries', '1'],
    interrupted: false,
    exitCode: null,
  },
}

const passing: UnstampedRunEvent[] = [
  attempt('k3s-cluster-simple', 1),
  { type: 'attemptStaged', instance: 'k3s-cluster-simple', attempt: 1, stage: 'building' },
  ...logged('k3s-cluster-simple', 1, [
    ...boot,
    ...steps([
      { kind: 'wait_for_unit', text: 'multi-user.target' },
      { kind: 'succeed', text: 'true' },
    ]),
    { type: 'metricRecorded', metric: { name: 'rtt', value: 52.1, unit: 'ms', node: 'server_1' } },
    { type: 'scriptFinished', seconds: 60, line: 900 },
  ]),
  ended('k3s-cluster-simple', 1, { seconds: 64.2, notes: ['the output differs between builds'] }),
]

export const failing: UnstampedRunEvent[] = [
  attempt('k3s-network@lossy', 1),
  ...logged('k3s-network@lossy', 1, [...boot, ...steps(networkSteps), sighting]),
  ended('k3s-network@lossy', 1, {
    outcome: 'failed',
    seconds: 184.204,
    failure: networkFailure,
    nodes: [{ name: 'server_1', consoleLines: 812, booted: true, symptoms: ['oom-kill'] }],
    consoles: [
      {
        node: 'server_1',
        lines: [
          '[  112.301] Out of memory: Killed process 812 (etcd)',
          '[  112.420] systemd[1]: k3s.service: Main process exited',
        ],
      },
    ],
  }),
]

const flaky: UnstampedRunEvent[] = [
  attempt('k3s-storage', 1),
  ...logged(
    'k3s-storage',
    1,
    steps([
      {
        kind: 'succeed',
        text: 'mount | grep longhorn',
        end: { outcome: 'failed', message: 'command `mount | grep longhorn` failed (exit code 1)' },
      },
    ]),
  ),
  ended('k3s-storage', 1, {
    outcome: 'failed',
    failure: {
      assertion: 0,
      node: 'server_1',
      kind: 'succeed',
      message: 'command `mount | grep longhorn` failed (exit code 1)',
      traceback: [],
    },
  }),
  attempt('k3s-storage', 2),
  ...logged('k3s-storage', 2, steps([{ kind: 'succeed', text: 'mount | grep longhorn' }])),
  ended('k3s-storage', 2, {}),
]

const timedOut: UnstampedRunEvent[] = [
  attempt('k3s-bond-failover', 1),
  ...logged(
    'k3s-bond-failover',
    1,
    steps([{ kind: 'wait_for_console_text', text: 'link is up', open: true }]),
  ),
  ended('k3s-bond-failover', 1, {
    outcome: 'timed-out',
    seconds: 900,
    failure: {
      assertion: 0,
      node: 'server_1',
      kind: 'timeout',
      message: 'timed out in server_1: wait_for_console_text link is up after 15 min 0 s',
      traceback: [],
    },
  }),
]

const broken: UnstampedRunEvent[] = [
  attempt('network-resilience', 1),
  ended('network-resilience', 1, {
    outcome: 'errored',
    execution: 'executed',
    seconds: 0.3,
    failure: {
      assertion: null,
      node: 'node_1',
      kind: 'node-died',
      message: 'QEMU of node_1 died (signal 11)',
      traceback: [],
    },
  }),
]

/** The whole run, with every outcome. */
export const wholeRun: UnstampedRunEvent[] = [
  started,
  planned('k3s-cluster-simple', { accelerator: 'kvm' }),
  planned('k3s-network', { profile: 'lossy' }),
  planned('k3s-storage'),
  planned('k3s-bond-failover'),
  planned('network-resilience'),
  planned('k3s-vlan-negative', { derivation: null }),
  planned('emulation-vm-boots', { accelerator: 'kvm' }),
  planned('vsim-k3s-cluster'),
  {
    type: 'instanceErrored',
    instance: 'k3s-vlan-negative',
    failure: evaluationFailure,
    details: ["error: attribute 'k3s' missing", '  at /build/tests/k3s.nix:12:5'],
  },
  {
    type: 'instanceSkipped',
    instance: 'emulation-vm-boots',
    kind: 'cannot-run-here',
    reason: 'needs kvm, which this host does not have',
    execution: 'unknown',
    earlier: [],
  },
  {
    type: 'instanceSkipped',
    instance: 'vsim-k3s-cluster',
    kind: 'cached',
    reason: 'its output is valid in the store, and forcing was off',
    execution: 'cached',
    earlier: [
      {
        index: 0,
        node: 'server_1',
        kind: 'succeed',
        text: 'true',
        phase: null,
        path: [],
        caught: false,
        outcome: 'passed',
        seconds: 1,
        line: 4,
        message: null,
        output: null,
      },
    ],
  },
  ...passing,
  ...failing,
  ...flaky,
  ...timedOut,
  ...broken,
  { type: 'runEnded', seconds: 1210.5, exitCode: 1 },
]
