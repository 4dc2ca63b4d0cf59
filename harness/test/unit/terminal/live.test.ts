import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import { stamped } from '../reporters/replay.ts'
import { wholeRun } from '../reporters/story.ts'
import { at, failingRun, startOf, waiting, watch } from './watching.ts'

test('80x24: a row per running check with what it waits for, and one for the run', async () => {
  const { screen, show } = watch(80, 24)
  show(failingRun.slice(0, 6))
  show([startOf('k3s-storage')])
  expect(await screen.text()).toEqual([
    '0:00  k3s-network@lossy  server_1: wait_for_unit k3s.service',
    '0:00  k3s-storage        starting',
    '2 running · 0:00',
  ])
})

test('phase and subtests stand before what is waited for, as many as there is room for', async () => {
  const rowsAt = async (columns: number) => {
    const { screen, show } = watch(columns, 24)
    show(failingRun.slice(0, 18))
    const text = await screen.text()
    return text.slice(
      text.findLastIndex((row) => /^\d+:\d\d /.test(row)),
      -1,
    )
  }
  const name = '0:16  k3s-network@lossy'
  expect(await rowsAt(100)).toEqual([
    `${name}  [PHASE 2] Network › nodes join › agent_1: wait_for_file /run/joined`,
  ])
  expect(await rowsAt(80)).toEqual([`${name}  nodes join › agent_1: wait_for_file /run/joined`])
  expect(await rowsAt(62)).toEqual([`${name}  agent_1: wait_for_file /run/joined`])
  expect(await rowsAt(40)).toEqual(['0:16 k3s-network@lossy', '     agent_1: wait_for_file /run/joined'])
  expect(await rowsAt(20)).toEqual(['0:16 k3s-network@lo…', '     /run/joined'])
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
    '0:16  k3s-network@lossy  nodes join › agent_1: wait_for_file /run/joined',
    '1 running · 0:17',
  ])
})

test('40x10: two rows for each check', async () => {
  const { screen, show } = watch(40, 10)
  show(failingRun.slice(0, 6))
  expect(await screen.text()).toEqual([
    '0:04 k3s-network@lossy',
    '     server_1: wait_for_unit k3s.service',
    '1 running · 0:05',
  ])
})

test('20x4: where there is no second row, the name', async () => {
  const { screen, show } = watch(20, 4)
  show(failingRun.slice(0, 6))
  show([startOf('b'), startOf('c')])
  expect(await screen.text()).toEqual(['0:00 k3s-network@lo…', '+2 more running', '3 running · 0:00'])
})

test('the end of a check takes its row away', async () => {
  const { screen, show } = watch(100, 24)
  show(stamped(wholeRun))
  const text = await screen.text()
  expect(text.at(-2)).toBe('         QEMU of node_1 died (signal 11)')
  expect(text.at(-1)).toMatch(
    /^1 failed · 1 timed out · 2 errored · 2 passed · 2 skipped · 0 running · \d+:\d\d$/,
  )
  expect(text.filter((line) => line.includes('running'))).toHaveLength(1)
})

test('more running checks than rows: the first ones and how many more', async () => {
  const { screen, show } = watch(60, 6)
  show(Array.from({ length: 9 }, (_, index) => startOf(`check-${index}`)))
  expect(await screen.text()).toEqual([
    '0:00  check-0  starting',
    '0:00  check-1  starting',
    '0:00  check-2  starting',
    '+6 more running',
    '9 running',
  ])
})

test.each([
  [12, 2],
  [20, 1],
  [1, 1],
])('a terminal of %i x %i shows what fits', async (columns, rows) => {
  const { screen, show } = watch(columns, rows)
  show(waiting)
  expect((await screen.text()).length).toBeLessThanOrEqual(rows)
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
      '0:00  first        starting',
      '0:00  check owned  path owned › node owned: succeed text owned',
      '2 running',
    ])
  })

  test('of wide characters and ones without width keep the columns', async () => {
    const { screen, show } = watch(60, 10)
    show([startOf('日本語テスト'), startOf('e\u0301te\u0301'), startOf('🚀 up ✅'), startOf('plain')])
    expect(await screen.text()).toEqual([
      '0:00  日本語テスト  starting',
      '0:00  e\u0301te\u0301           starting',
      '0:00  🚀 up ✅      starting',
      '0:00  plain         starting',
      '4 running',
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
    screen.writes = 0
    later(1)
    expect(screen.bytes.match(/0:01/g)).toHaveLength(2)
    expect(screen.bytes).not.toContain('running')
    expect(screen.writes).toBe(1)
  })

  test('is given back on close: no rows, a visible cursor in the first column, wrapping on', async () => {
    const { screen, show, view } = watch(80, 24)
    show(waiting)
    expect(screen.bytes).toContain('\x1b[?25l')
    view.close()
    expect(screen.bytes.endsWith('\x1b[?7h\x1b[?25h\x1b[?2026l')).toBe(true)
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
