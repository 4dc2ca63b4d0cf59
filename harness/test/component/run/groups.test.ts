import { expect, test } from 'vitest'
import type { Group } from '../../../model/config.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import { circleOf, GroupRules } from '../../../plan/groups.ts'
import { instance, listed } from '../../helpers/checks.ts'
import { runPlan } from '../../helpers/run-plan.ts'
import { ShellSource, tellAssertion } from '../../helpers/shell-source.ts'

const pass = `sleep 0.2; ${tellAssertion('passed')}`
const fail = tellAssertion('failed')

function group(name: string, facts: Partial<Group> = {}): Group {
  return { name, checks: [`${name}-*`], needs: [], max: null, exclusive: false, ...facts }
}

function member(id: string, ...groups: string[]) {
  return instance(id, { groups })
}

/** The most of some instances that ran at any time. */
function peak(events: RunEvent[], counts: (id: string) => boolean): number {
  let running = 0
  let most = 0
  for (const event of events) {
    if (!('instance' in event) || !counts(event.instance)) continue
    if (event.type === 'attemptStarted') most = Math.max(most, ++running)
    if (event.type === 'attemptEnded') running--
  }
  return most
}

test('a group runs at most so many at once, others beside them', async () => {
  const plan = [member('a1', 'a'), member('a2', 'a'), member('a3', 'a'), member('b1'), member('b2')]
  const source = new ShellSource(Object.fromEntries(plan.map(({ id }) => [id, pass])))
  const groups = new GroupRules([group('a', { max: 1 })], true)
  const { events } = await runPlan(source, plan, { groups })
  expect(peak(events, (id) => id.startsWith('a'))).toBe(1)
  expect(peak(events, () => true)).toBe(3)
})

test('beside an exclusive one nothing runs', async () => {
  const plan = [member('alone', 'x'), member('b1'), member('b2')]
  const source = new ShellSource(Object.fromEntries(plan.map(({ id }) => [id, pass])))
  const groups = new GroupRules([group('x', { exclusive: true })], true)
  const { events } = await runPlan(source, plan, { groups })
  const active = new Set<string>()
  for (const event of events) {
    if (event.type === 'attemptStarted') active.add(event.instance)
    if (event.type === 'attemptEnded') active.delete(event.instance)
    if (active.has('alone')) expect([...active]).toEqual(['alone'])
  }
  expect(peak(events, (id) => id !== 'alone')).toBe(2)
})

const layers = [group('low'), group('high', { needs: ['low'] }), group('top', { needs: ['high'] })]
const tower = [member('top', 'top'), member('high', 'high'), member('low1', 'low'), member('low2', 'low')]

test('a layer waits for the one below', async () => {
  const source = new ShellSource(Object.fromEntries(tower.map(({ id }) => [id, pass])))
  const { events } = await runPlan(source, tower, { groups: new GroupRules(layers, true) })
  const order = events.flatMap((event) =>
    event.type === 'attemptStarted' || event.type === 'attemptEnded'
      ? [`${event.instance} ${event.type}`]
      : [],
  )
  const at = (what: string) => order.indexOf(what)
  expect(at('high attemptStarted')).toBeGreaterThan(at('low1 attemptEnded'))
  expect(at('high attemptStarted')).toBeGreaterThan(at('low2 attemptEnded'))
  expect(at('top attemptStarted')).toBeGreaterThan(at('high attemptEnded'))
})

test('what builds on something that did not pass is skipped with the reason, unless told otherwise', async () => {
  const source = () => new ShellSource({ top: pass, high: pass, low1: pass, low2: fail })
  const { reports } = await runPlan(source(), tower, { groups: new GroupRules(layers, true) })
  expect(reports.high).toMatchObject({ outcome: 'skipped', skip: 'layer' })
  expect(reports.high?.reason).toContain('low2 did not pass')
  const all = await runPlan(source(), tower, { groups: new GroupRules(layers, false) })
  expect(all.reports.high?.outcome).toBe('passed')
})

test('a layer above a skipped one is skipped too', async () => {
  const source = new ShellSource({ top: pass, high: pass, low1: pass, low2: fail })
  const { reports } = await runPlan(source, tower, { groups: new GroupRules(layers, true) })
  expect(reports.top).toMatchObject({ outcome: 'skipped', skip: 'layer' })
})

test('what failed under one profile holds up nothing under another', async () => {
  const cells = ['calm', 'lossy'].flatMap((profile) =>
    ['low', 'high'].map((name) =>
      instance(`${name}@${profile}`, { check: listed(name), groups: [name], profile }),
    ),
  )
  const scripts = { 'low@calm': pass, 'high@calm': pass, 'low@lossy': fail, 'high@lossy': pass }
  const { events } = await runPlan(new ShellSource(scripts), cells, { groups: new GroupRules(layers, true) })
  const ended = events.flatMap((event) => (event.type === 'attemptEnded' ? [event.instance] : []))
  expect(ended.sort()).toEqual(['high@calm', 'low@calm', 'low@lossy'])
  expect(events.find(({ type }) => type === 'instanceSkipped')).toMatchObject({
    instance: 'high@lossy',
    reason: expect.stringContaining('low@lossy did not pass'),
  })
})

test('--retry-on errored asks a check that said no only once', async () => {
  const { reports } = await runPlan(new ShellSource({ a: fail }), ['a'], {
    retry: { retries: 3, on: 'errored' },
  })
  expect(reports.a).toMatchObject({ outcome: 'failed', attempts: 1 })
})

test('circles are found', () => {
  const circle = [group('a', { needs: ['b'] }), group('b', { needs: ['c'] }), group('c', { needs: ['b'] })]
  expect(circleOf(circle)).toEqual(['b', 'c', 'b'])
  expect(circleOf(layers)).toBe(null)
})
