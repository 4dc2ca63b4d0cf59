import { afterEach, describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import type { RunEvent } from '../../../model/run-event.ts'
import { createLiveView, type LiveView } from '../../../terminal/live.ts'
import { formatClock } from '../../../terminal/live-rows.ts'
import { stamped } from '../reporters/replay.ts'
import { failing, started, wholeRun } from '../reporters/story.ts'
import { TestScreen } from './screen.ts'

const begin = Date.UTC(2026, 10, 20, 7, 53, 31)

const views: LiveView[] = []
afterEach(() => {
  for (const view of views.splice(0)) view.close()
})

/** A view on a screen, drawn after every event as if each took a second. */
function watch(columns: number, rows: number) {
  const screen = new TestScreen(columns, rows)
  let now = begin
  const view = createLiveView({
    stream: screen,
    columns: screen.columns,
    rows: screen.rows,
    now: () => now,
    color: false,
    interval: 0,
  })
  views.push(view)
  const show = (events: RunEvent[]) => {
    for (const event of events) {
      now = Date.parse(event.at)
      view.event(event)
      view.draw()
    }
  }
  return {
    screen,
    view,
    show,
    later: (seconds: number) => {
      now += seconds * 1000
      view.draw()
    },
  }
}

const at = new Date(begin).toISOString()
const startOf = (instance: string): RunEvent => ({
  type: 'attemptStarted',
  at,
  instance,
  attempt: 1,
  folder: instance,
})
const failingRun = stamped([started, ...failing])
const waiting = failingRun.slice(0, 12)

test('80x24: a row per running check with what it waits for, and one for the run', async () => {
  const { screen, show } = watch(80, 24)
  show(failingRun.slice(0, 6))
  show([startOf('k3s-storage')])
  expect(await screen.text()).toEqual([
    'k3s-network@lossy  server_1: wait_for_unit k3s.service                      0:00',
    'k3s-storage        starting                                                 0:00',
    '0/2 done · 2 running · 0:00',
  ])
})

test('a failure is printed above the rows when it happens, with the last console lines of its node', async () => {
  const { screen, show, view } = watch(80, 24)
  show(failingRun.slice(0, 15))
  view.console('k3s-network@lossy', 'server_1', '[  112.301] Out of memory: Killed process 812 (etcd)')
  view.console('k3s-network@lossy', 'agent_1', 'of another node')
  show(failingRun.slice(15, 18))
  expect(await screen.text()).toEqual([
    '      ✗  k3s-network@lossy',
    '         [PHASE 2] Network › nodes join',
    '         server_1: succeed (log line 105, 410 ms)',
    '         command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` f',
    'ailed (exit code 1)',
    '         output',
    '           │ agent-1   NotReady   <none>   12s',
    '           │ server-1  Ready   control-plane',
    '         server_1 console',
    '           │ [  112.301] Out of memory: Killed process 812 (etcd)',
    'k3s-network@lossy  nodes join › agent_1: wait_for_file /run/joined          0:16',
    '0/1 done · 1 running · 0:17',
  ])
})

test('40x10: names and places give way, what is waited for stays', async () => {
  const { screen, show } = watch(40, 10)
  show(failingRun.slice(0, 6))
  expect(await screen.text()).toEqual([
    'k3s-network@l…  k3s.service         0:04',
    '0/1 done · 1 running · 0:05',
  ])
})

test('the end of a check takes its row away', async () => {
  const { screen, show } = watch(100, 24)
  show(stamped(wholeRun))
  const text = await screen.text()
  expect(text.at(-2)).toBe('         QEMU of node_1 died (signal 11)')
  expect(text.at(-1)).toMatch(/^8\/8 done · 4 not passed · 0 running · \d+:\d\d$/)
  expect(text.filter((line) => line.includes('running'))).toHaveLength(1)
})

describe('a new size', () => {
  test('narrower and shorter, then wider: one block, nothing doubled, what stays is kept', async () => {
    const { screen, show, view, later } = watch(80, 24)
    view.event({
      type: 'instanceSkipped',
      at,
      instance: 'emulation',
      kind: 'cannot-run-here',
      reason: 'needs kvm',
      execution: 'unknown',
      earlier: [],
    })
    show(waiting)
    await screen.resize(40, 8)
    screen.notify()
    expect(await screen.text()).toEqual([
      'SKIPPED  emulation  needs kvm',
      'k3s-network@l…  nodes join          0:10',
      '1/2 done · 1 running · 0:11',
    ])
    await screen.resize(100, 30)
    screen.notify()
    later(1)
    expect(await screen.text()).toEqual([
      'SKIPPED  emulation  needs kvm',
      'k3s-network@lossy  nodes join                                                                   0:11',
      '1/2 done · 1 running · 0:12',
    ])
  })

  test('many times while the run goes on', async () => {
    const { screen, show, view } = watch(80, 24)
    for (const [step, event] of stamped(wholeRun).entries()) {
      show([event])
      await screen.resize(40 + ((step * 17) % 80), 10 + ((step * 7) % 20))
      screen.notify()
    }
    const blocks = (await screen.text()).filter((line) => / done · /.test(line))
    expect(blocks).toHaveLength(1)
    view.close()
    expect((await screen.text()).filter((line) => / done · /.test(line))).toEqual([])
  })
})

test('more running checks than rows: the first ones and how many more', async () => {
  const { screen, show } = watch(60, 6)
  show(Array.from({ length: 9 }, (_, index) => startOf(`check-${index}`)))
  expect(await screen.text()).toEqual([
    'check-0  starting                                       0:00',
    'check-1  starting                                       0:00',
    'check-2  starting                                       0:00',
    '… and 6 more running',
    '0/9 done · 9 running',
  ])
})

test('a terminal of almost no size shows what fits', async () => {
  const { screen, show } = watch(12, 2)
  show(waiting)
  expect((await screen.text()).length).toBeLessThanOrEqual(2)
})

describe('hostile names', () => {
  const evil = (text: string) => `${text}\x1b[2J\x1b[5;5H\r\nowned\x07\x1b]0;t\x07`

  test('neither move the cursor nor break a row', async () => {
    const { screen, show } = watch(80, 24)
    const assertion: LogEvent = {
      type: 'assertionStarted',
      index: 0,
      node: evil('node'),
      kind: 'succeed',
      text: evil('text'),
      phase: null,
      path: [evil('path')],
      line: 1,
    }
    show([startOf('first'), startOf(evil('check'))])
    show([{ type: 'attemptLogged', at, instance: evil('check'), attempt: 1, event: assertion }])
    expect(await screen.text()).toEqual([
      'first        starting                                                       0:00',
      'check owned  path owned › node owned: succeed text owned                    0:00',
      '0/2 done · 2 running',
    ])
  })

  test('of wide characters and ones without width keep the columns', async () => {
    const { screen, show } = watch(60, 10)
    show([startOf('日本語テスト'), startOf('e\u0301te\u0301'), startOf('plain')])
    expect(await screen.text()).toEqual([
      '日本語テスト  starting                                  0:00',
      'e\u0301te\u0301           starting                                  0:00',
      'plain         starting                                  0:00',
      '0/3 done · 3 running',
    ])
  })
})

describe('the terminal', () => {
  test('gets only what changed', () => {
    const { screen, show, view, later } = watch(80, 24)
    show([startOf('a'), startOf('b')])
    screen.bytes = ''
    view.draw()
    expect(screen.bytes).toBe('')
    later(1)
    expect(screen.bytes.match(/0:01/g)).toHaveLength(2)
    expect(screen.bytes).not.toContain('running')
  })

  test('is given back on close: no rows, a visible cursor in the first column, wrapping on', async () => {
    const { screen, show, view } = watch(80, 24)
    show(waiting)
    expect(screen.bytes).toContain('\x1b[?25l')
    view.close()
    expect(screen.bytes.endsWith('\x1b[?7h\x1b[?25h')).toBe(true)
    expect(await screen.text()).toEqual([])
    expect(await screen.cursor()).toEqual({ row: 0, column: 0 })
    screen.bytes = ''
    view.close()
    expect(screen.bytes).toBe('')
  })

  test('is not written to by a view that never had anything to show', () => {
    const { screen, view } = watch(80, 24)
    view.close()
    expect(screen.bytes).toBe('')
  })
})

test.each([
  [0, '0:00'],
  [65_999, '1:05'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('%i ms on the clock are %s', (milliseconds, text) => {
  expect(formatClock(milliseconds)).toBe(text)
})
