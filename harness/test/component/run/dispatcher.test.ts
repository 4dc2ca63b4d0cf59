import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LogSink } from '../../../model/log-event.ts'
import type { Needs } from '../../../model/plan.ts'
import type { Failure } from '../../../model/report.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import type { CheckSource } from '../../../run/ports.ts'
import { instance } from '../../helpers/checks.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { ShellSource, tellAssertion } from '../../helpers/shell-source.ts'

const pass = tellAssertion('passed')
const fail = tellAssertion('failed')
const slowPass = `sleep 0.3; ${pass}`

/** The most that ran at any time. */
function peaks(events: RunEvent[], needs: Record<string, Needs>) {
  const peak = { jobs: 0, memoryMiB: 0 }
  const running = new Set<string>()
  for (const event of events) {
    if (event.type === 'attemptStarted') running.add(event.instance)
    if (event.type === 'attemptEnded') running.delete(event.instance)
    const memoryMiB = [...running].reduce((sum, id) => sum + (needs[id]?.memoryMiB ?? 0), 0)
    peak.jobs = Math.max(peak.jobs, running.size)
    peak.memoryMiB = Math.max(peak.memoryMiB, memoryMiB)
  }
  return peak
}

function order(events: RunEvent[], type: 'attemptStarted' | 'attemptEnded') {
  return events.flatMap((event) => (event.type === type ? [`${event.instance}#${event.attempt}`] : []))
}

test('runs as much at once as memory allows, and never more', async () => {
  const sizes = { a: 600, b: 400, c: 400, d: 300, e: 300, f: 1000 }
  const names = Object.keys(sizes) as (keyof typeof sizes)[]
  const needs = Object.fromEntries(names.map((name) => [name, { memoryMiB: sizes[name], cores: 1 }]))
  const plan = names.map((id) => instance(id, { needs: needs[id] as Needs }))
  const source = new ShellSource(Object.fromEntries(names.map((name) => [name, slowPass])))
  const { events, reports } = await runPlan(source, plan)
  expect(peaks(events, needs)).toEqual({ jobs: 3, memoryMiB: 1000 })
  expect(Object.values(reports).map(({ outcome }) => outcome)).toEqual(names.map(() => 'passed'))
})

test('one that wants more cores than there are runs alone; of equal width the longest starts first', async () => {
  const plan = [
    instance('short', { expectedSeconds: 1 }),
    instance('wide', { expectedSeconds: 2, needs: { memoryMiB: 1, cores: 9 } }),
    instance('long', { expectedSeconds: 3 }),
  ]
  const source = new ShellSource({ short: pass, wide: slowPass, long: slowPass })
  const { events } = await runPlan(source, plan, { budget: { memoryMiB: 1000, cores: 2, jobs: null } })
  expect(order(events, 'attemptStarted')).toEqual(['wide#1', 'long#1', 'short#1'])
  expect(order(events, 'attemptEnded')[0]).toBe('wide#1')
})

test('--jobs bounds how many run at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const source = new ShellSource(Object.fromEntries(names.map((name) => [name, slowPass])))
  const { events } = await runPlan(source, names, { budget: { memoryMiB: 1000, cores: null, jobs: 2 } })
  expect(peaks(events, {}).jobs).toBe(2)
})

test('every event stands in the journal before anybody is shown it', async () => {
  const folder = scratchFolder()
  let seen = 0
  const event = () => {
    seen += 1
    const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(seen)
  }
  await runPlan(new ShellSource({ a: pass, b: fail }), ['a', 'b'], { folder, observer: { event } })
  expect(seen).toBeGreaterThan(10)
})

test('the raw bytes of a log reach the disk as they came', async () => {
  const source = new ShellSource({ a: `printf 'one\\n\\377\\000two' >&2; ${pass}` })
  const { folder, reports } = await runPlan(source, ['a'])
  expect(reports.a?.folder).toBe('a/attempt-1')
  expect(readFileSync(join(folder, 'a/attempt-1/driver.log'))).toEqual(
    Buffer.concat([Buffer.from('one\n'), Buffer.from([255, 0]), Buffer.from('two')]),
  )
})

test('the console reaches its file, the watchers and, as a tail, a failure', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  const shown: string[] = []
  const readLog = (sink: LogSink) => ({
    write: (bytes: Uint8Array) => {
      for (const text of Buffer.from(bytes).toString().trimEnd().split('\n'))
        sink.console?.('node/1', text, 1)
    },
    end: () => {},
  })
  const source = new ShellSource({ bad: `printf '${lines.join('\\n')}\\n' >&2; ${fail}` })
  const { folder, reports } = await runPlan(source, ['bad'], {
    readLog,
    observer: { console: (id, node, text) => shown.push(`${id} ${node} ${text}`) },
  })
  expect(shown).toEqual(lines.map((line) => `bad node/1 ${line}`))
  expect(reports.bad?.consoles).toEqual([{ node: 'node/1', lines: lines.slice(-20) }])
  const [file = ''] = readdirSync(join(folder, 'bad/attempt-1')).filter((name) =>
    name.endsWith('.console.txt'),
  )
  expect(readFileSync(join(folder, 'bad/attempt-1', file), 'utf8')).toBe(`${lines.join('\n')}\n`)
})

test('what failed is attempted again; passing then is flaky', async () => {
  const flaky = `if [ $ATTEMPT -lt 3 ]; then ${fail}; fi; ${pass}`
  const { events, reports } = await runPlan(new ShellSource({ flaky, bad: fail }), ['flaky', 'bad'], {
    retry: { retries: 2, on: 'any' },
    budget: { memoryMiB: 1000, cores: null, jobs: 1 },
  })
  expect(order(events, 'attemptEnded')).toEqual(['bad#1', 'bad#2', 'bad#3', 'flaky#1', 'flaky#2', 'flaky#3'])
  expect(reports.flaky).toMatchObject({ outcome: 'passed', flaky: true, attempts: 3 })
  expect(reports.bad).toMatchObject({ outcome: 'failed', flaky: false, attempts: 3 })
})

test('what passed is not attempted again', async () => {
  const { reports } = await runPlan(new ShellSource({ a: pass }), ['a'], { retry: { retries: 5, on: 'any' } })
  expect(reports.a).toMatchObject({ outcome: 'passed', attempts: 1 })
})

test('a timeout is judged as one and attempted again', async () => {
  const hang = instance('hang', { timeoutSeconds: 0.3 })
  const { reports } = await runPlan(new ShellSource({ hang: 'sleep 60' }), [hang], {
    retry: { retries: 1, on: 'any' },
  })
  expect(reports.hang).toMatchObject({ outcome: 'timed-out', attempts: 2, failure: { kind: 'timeout' } })
})

test('--fail-fast starts nothing after the first failure; what runs may end', async () => {
  const plan = [
    instance('bad', { expectedSeconds: 9 }),
    instance('slow', { expectedSeconds: 8 }),
    instance('never', { expectedSeconds: 7 }),
  ]
  const source = new ShellSource({ bad: fail, slow: slowPass, never: pass })
  const { reports } = await runPlan(source, plan, {
    failFast: true,
    budget: { memoryMiB: 1000, cores: null, jobs: 2 },
  })
  expect(reports.slow?.outcome).toBe('passed')
  expect(reports.never).toMatchObject({
    outcome: 'skipped',
    skip: 'fail-fast',
    reason: 'not started, because bad did not pass (--fail-fast)',
  })
})

test('what is skipped or cannot be evaluated is told and not run', async () => {
  const failure: Failure = {
    assertion: null,
    node: null,
    kind: 'evaluation',
    message: 'no',
    traceback: [],
  }
  const source = new ShellSource({ good: pass })
  const { reports } = await runPlan(source, [
    { type: 'error', instance: instance('broken', { metadata: null }), failure, details: ['at x.nix'] },
    { type: 'skip', instance: instance('large'), kind: 'cannot-run-here', reason: 'too large' },
    'good',
  ])
  expect(reports.broken).toMatchObject({ outcome: 'errored', failure, details: ['at x.nix'] })
  expect(reports.large).toMatchObject({ outcome: 'skipped', reason: 'too large' })
  expect(reports.good?.outcome).toBe('passed')
  expect(source.pids).toHaveLength(1)
})

test('an interruption stops what runs, skips what waits and keeps what was measured', async () => {
  const stop = new AbortController()
  const source = new ShellSource({
    done: pass,
    hangs: `${tellAssertion('passed').split(';')[0]}; exec sleep 60`,
    waits: pass,
  })
  const plan = [
    instance('done', { expectedSeconds: 9 }),
    instance('hangs', { expectedSeconds: 8 }),
    instance('waits', { expectedSeconds: 7 }),
  ]
  const event = (one: RunEvent) => {
    if (one.type === 'attemptLogged' && one.instance === 'hangs') stop.abort('SIGTERM')
  }
  const { events, reports } = await runPlan(source, plan, {
    signal: stop.signal,
    observer: { event },
    retry: { retries: 3, on: 'any' },
    budget: { memoryMiB: 1000, cores: null, jobs: 1 },
  })
  expect(reports.done?.outcome).toBe('passed')
  expect(reports.hangs).toMatchObject({ outcome: 'interrupted', attempts: 1 })
  expect(reports.waits).toMatchObject({ outcome: 'skipped', skip: 'interrupted', attempts: 0 })
  expect(events.filter(({ type }) => type === 'runInterrupted')).toMatchObject([{ signal: 'SIGTERM' }])
  for (const pid of source.pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
})

test('interrupted before it begins, a run starts nothing', async () => {
  const source = new ShellSource({ a: pass })
  const { reports } = await runPlan(source, ['a'], { signal: AbortSignal.abort('SIGINT') })
  expect(reports.a).toMatchObject({ outcome: 'skipped', skip: 'interrupted' })
  expect(source.pids).toEqual([])
})

test('a source that throws costs its own check only', async () => {
  const shell = new ShellSource({ good: pass })
  const source: CheckSource = {
    list: () => shell.list(),
    describe: (checks) => shell.describe(checks),
    attempt: async (request, observer, signal) => {
      if (request.instance.id === 'bug') throw new TypeError('x is not a function')
      return shell.attempt(request, observer, signal)
    },
  }
  const { reports } = await runPlan(source, ['bug', 'good'])
  expect(reports.bug).toMatchObject({
    outcome: 'errored',
    failure: { kind: 'host', message: expect.stringMatching(/bug in vmproof.*x is not a function/) },
  })
  expect(reports.good?.outcome).toBe('passed')
})

test.each([
  ['report', { outcome: 'skipped', execution: 'cached', skip: 'cached' }],
  ['fail', { outcome: 'failed', execution: 'cached' }],
] as const)('a cached result is never a pass (--cached %s)', async (cached, expected) => {
  const shell = new ShellSource({ a: pass })
  const source: CheckSource = {
    list: () => shell.list(),
    describe: (checks) => shell.describe(checks),
    attempt: async () => ({
      execution: 'cached',
      end: { type: 'succeeded', outputDiffers: false },
      seconds: null,
      notes: [],
      details: [],
    }),
    earlierLog: async () => null,
  }
  const { reports } = await runPlan(source, ['a'], { cached })
  expect(reports.a).toMatchObject(expected)
})

test('a plan of which nothing can run is over at once', async () => {
  const skip = { type: 'skip', kind: 'cannot-run-here', reason: 'no' } as const
  const { events } = await runPlan(new ShellSource({}), [{ ...skip, instance: instance('a') }])
  expect(events.map(({ type }) => type)).toEqual(['instancePlanned', 'instanceSkipped'])
})
