import type { AssertionKind } from '../../model/assertion.ts'
import type { LogEvent } from '../../model/log-event.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { Failure } from '../../model/report.ts'
import type { UnstampedRunEvent } from '../../model/run-event.ts'
import { hostileTexts } from './hostile-texts.ts'

type Random = () => number

const pick = <Value>(random: Random, list: readonly Value[]): Value =>
  list[Math.floor(random() * list.length)] as Value
const upTo = (random: Random, most: number) => Math.floor(random() * (most + 1))
const often = (random: Random, share: number) => random() < share

const kinds: AssertionKind[] = [
  'succeed',
  'wait_for_unit',
  'wait_for_file',
  'python',
  'subtest',
  'screenshot',
]
const plain = ['true', 'web.service', 'curl -f http://web', 'driver', 'a_b', '']
const textOf = (random: Random) => pick(random, often(random, 0.3) ? hostileTexts : plain)

/** Events of one instance, as the dispatcher would write them. */
export interface InstanceEvents {
  instance: string
  events: UnstampedRunEvent[]
}

/** What a run may do with some instances: any outcome, any number of attempts, anything as text. */
export function randomInstances(random: Random): InstanceEvents[] {
  const names = ['web', 'web_db', 'web.db', 'k3s', 'ω', hostileTexts[0] ?? '', 'db']
  return names.slice(0, 1 + upTo(random, names.length - 1)).flatMap((check) => {
    const profiles = often(random, 0.3) ? [null, 'lossy'] : [null]
    return profiles.map((profile) => randomInstance(random, check, profile))
  })
}

function randomInstance(random: Random, check: string, profile: string | null): InstanceEvents {
  const instance = profile === null ? check : `${check}@${profile}`
  const planned: UnstampedRunEvent = {
    type: 'instancePlanned',
    instance,
    check,
    kind: pick(random, ['nixos', 'vm'] as const),
    profile,
    accelerator: pick(random, ['kvm', 'tcg', null] as const),
    tags: [],
    system: null,
    derivation: often(random, 0.5) ? '/nix/store/x.drv' : null,
    namedExplicitly: often(random, 0.5),
    quarantine: often(random, 0.2) ? [{ check, assertion: null, tracker: 'T-1', until: '2026-12-31' }] : [],
  }
  return { instance, events: [planned, ...fate(random, instance)] }
}

function fate(random: Random, instance: string): UnstampedRunEvent[] {
  if (often(random, 0.1)) {
    const reason = textOf(random)
    const execution = pick(random, ['unknown', 'cached', 'substituted'] as const)
    return [{ type: 'instanceSkipped', instance, kind: 'cached', reason, execution, earlier: [] }]
  }
  if (often(random, 0.1)) {
    const failure = { ...failureOf(random, null), kind: 'evaluation' } as const
    return [{ type: 'instanceErrored', instance, failure, details: [textOf(random)] }]
  }
  const attempts = 1 + upTo(random, 2)
  return Array.from({ length: attempts }, (_, index) =>
    attemptOf(random, { instance, attempt: index + 1, isLast: index + 1 === attempts }),
  ).flat()
}

function attemptOf(
  random: Random,
  { instance, attempt, isLast }: { instance: string; attempt: number; isLast: boolean },
): UnstampedRunEvent[] {
  const place = { instance, attempt }
  const count = upTo(random, 8)
  const logged = Array.from({ length: count }, (_, index) => assertionEvents(random, index)).flat()
  const outcomes: Outcome[] = ['failed', 'errored', 'timed-out', 'interrupted', 'unknown', 'passed']
  const outcome = isLast && often(random, 0.4) ? 'passed' : pick(random, outcomes)
  const cause = count > 0 && often(random, 0.7) ? upTo(random, count - 1) : null
  const start: UnstampedRunEvent = { type: 'attemptStarted', ...place, folder: `folder/attempt-${attempt}` }
  const log = logged.map((event): UnstampedRunEvent => ({ type: 'attemptLogged', ...place, event }))
  // The run was cut off.
  if (isLast && often(random, 0.1)) return [start, ...log]
  return [
    start,
    ...log,
    {
      type: 'attemptEnded',
      ...place,
      outcome,
      execution: pick(random, ['executed', 'executed', 'executed', 'cached', 'unknown'] as const),
      accelerator: pick(random, ['kvm', 'tcg', null] as const),
      seconds: often(random, 0.9) ? random() * 1000 : null,
      failure: outcome === 'passed' || often(random, 0.1) ? null : failureOf(random, cause),
      nodes: [],
      notes: often(random, 0.2) ? [textOf(random)] : [],
      consoles: often(random, 0.5) ? [{ node: textOf(random), lines: [textOf(random), textOf(random)] }] : [],
    },
  ]
}

function failureOf(random: Random, assertion: number | null): Failure {
  const kind = pick(random, ['succeed', 'python', 'timeout', 'node-died', 'build', 'host'] as const)
  const traceback = often(random, 0.5) ? [textOf(random)] : []
  return { assertion, node: often(random, 0.5) ? 'web' : null, kind, message: textOf(random), traceback }
}

function assertionEvents(random: Random, index: number): LogEvent[] {
  const outcome = pick(random, ['passed', 'passed', 'passed', 'failed', 'errored'] as const)
  const isBad = outcome !== 'passed'
  const started: LogEvent = {
    type: 'assertionStarted',
    index,
    node: often(random, 0.7) ? textOf(random) : null,
    kind: pick(random, kinds),
    text: textOf(random),
    phase: often(random, 0.4) ? textOf(random) : null,
    path: Array.from({ length: upTo(random, 2) }, () => textOf(random)),
    line: index + 1,
  }
  const ended: LogEvent = {
    type: 'assertionEnded',
    index,
    outcome,
    caught: isBad && often(random, 0.3),
    seconds: often(random, 0.8) ? random() * 60 : null,
    message: isBad && often(random, 0.8) ? textOf(random) : null,
    output: isBad && often(random, 0.5) ? textOf(random).repeat(upTo(random, 5)) : null,
  }
  return often(random, 0.1) ? [started] : [started, ended]
}
