import { expect, test } from 'vitest'
import type { RunEvent, UnstampedRunEvent } from '../../../model/run-event.ts'
import { createCheckBlocks } from '../../../reporters/check-blocks.ts'
import { githubFold } from '../../../reporters/github/fold.ts'
import { commandsIn, hostileLines } from '../../helpers/github-runner.ts'
import { steps } from './log-steps.ts'
import { stamped } from './replay.ts'
import { wholeRun } from './story.ts'
import { lines } from './told.ts'

function blocksOf(events: RunEvent[], close = true): string {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const reporter = createCheckBlocks({ write, color: false, fold: githubFold })
  for (const event of events) reporter.event(event)
  if (close) reporter.close()
  return text
}

const started = (instance: string): UnstampedRunEvent => ({
  type: 'attemptStarted',
  instance,
  attempt: 1,
  folder: `${instance}/attempt-1`,
})
const logged = (instance: string, text: string, message: string | null = null): UnstampedRunEvent[] =>
  steps([{ kind: 'succeed', text, end: message === null ? {} : { outcome: 'failed', message } }]).map(
    (event) => ({
      type: 'attemptLogged',
      instance,
      attempt: 1,
      event,
    }),
  )
const ended = (instance: string, message: string | null = null): UnstampedRunEvent => ({
  type: 'attemptEnded',
  instance,
  attempt: 1,
  outcome: message === null ? 'passed' : 'failed',
  execution: 'executed',
  accelerator: 'tcg',
  seconds: 1,
  failure: message === null ? null : { assertion: 0, node: null, kind: 'succeed', message, traceback: [] },
  nodes: [],
  notes: [],
  consoles: [],
})

test('checks that run at once do not mix; what passed is folded, what failed is told in the open', () => {
  const events = stamped([
    started('a'),
    started('b'),
    ...logged('a', 'one'),
    ...logged('b', 'two', 'it did not'),
    ended('b', 'it did not'),
    ended('a'),
  ])
  const said = lines(blocksOf(events))
  const at = (text: string) => said.findIndex((line) => line.includes(text))
  expect(said.slice(0, 2)).toEqual(['STARTED  a', 'STARTED  b'])
  expect(at('::group::b: every assertion')).toBe(2)
  expect(at('FAILED  b')).toBeGreaterThan(at('::endgroup::'))
  expect(at('::group::PASSED  a')).toBeGreaterThan(at('FAILED  b'))
  const group = said.slice(at('::group::PASSED  a') + 1, -1)
  expect(group).toEqual([expect.stringContaining('succeed one')])
  expect(said.at(-1)).toBe('::endgroup::')
})

test('groups do not nest, and each is closed', () => {
  let depth = 0
  for (const { name } of commandsIn(blocksOf(stamped(wholeRun)))) {
    depth += name === 'group' ? 1 : -1
    expect([0, 1]).toContain(depth)
  }
  expect(depth).toBe(0)
})

test('it tells all that plain lines tell', () => {
  const text = blocksOf(stamped(wholeRun))
  for (const said of [
    'SKIPPED  emulation-vm-boots',
    'ERROR  k3s-vlan-negative',
    ' FAILED  k3s-network@lossy',
    'note:',
  ]) {
    expect(text).toContain(said)
  }
})

test('what was cut off without a verdict is told when the run is over', () => {
  const events = stamped([started('a'), ...logged('a', 'one', 'it did not')])
  expect(blocksOf(events, false)).not.toContain('it did not')
  expect(blocksOf(events)).toContain('it did not')
})

test('what runs for long is told while its block waits', () => {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const reporter = createCheckBlocks({ write, color: false, fold: githubFold })
  const events = stamped([started('a'), ...logged('a', 'one')])
  for (const event of events) reporter.event(event)
  reporter.heartbeat(Date.parse(events[0]?.at ?? ''))
  reporter.heartbeat(Date.parse(events[0]?.at ?? '') + 120_000)
  expect(lines(text)).toEqual(['STARTED  a', 'RUNNING  a  2 min 0 s'])
})

test('of very many assertions the last ones are kept, and what is left out is counted', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => ({ kind: 'succeed' as const, text: `number ${at}` }))
  const events = steps(many).map(
    (event): UnstampedRunEvent => ({ type: 'attemptLogged', instance: 'a', attempt: 1, event }),
  )
  const said = lines(blocksOf(stamped([started('a'), ...events, ended('a')])))
  expect(said.length).toBeLessThan(8100)
  expect(said.at(-2)).toContain('number 19999')
  const left = /… (\d+) earlier lines/.exec(said.join('\n'))?.[1]
  expect(Number(left) + said.filter((line) => line.includes('number ')).length).toBe(20_000)
})

test.each(hostileLines)('a guest cannot fold or annotate: %j', (text) => {
  const events = stamped([started(text), ...logged(text, text, text), ended(text, text)])
  expect(commandsIn(blocksOf(events)).map(({ name }) => name)).toEqual(['group', 'endgroup'])
})
