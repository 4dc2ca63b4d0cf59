import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import type { RunEvent, UnstampedRunEvent } from '../../../model/run-event.ts'
import { createLineReporter } from '../../../reporters/line.ts'
import { formatSummary } from '../../../reporters/summary.ts'
import { formatTree } from '../../../reporters/tree.ts'
import { steps } from './log-steps.ts'
import { reportOf, stamped } from './replay.ts'
import { failing, wholeRun } from './story.ts'
import { lines, told } from './told.ts'

const report = reportOf(wholeRun)
const ansi = /\x1b\[[0-9;]*m/g

test('plain lines of a run with every outcome', () => {
  expect(lines(told(stamped(wholeRun)))).toEqual([
    '  ERROR  k3s-vlan-negative',
    "         attribute 'k3s' missing",
    '         details',
    "           │ error: attribute 'k3s' missing",
    '           │   at /build/tests/k3s.nix:12:5',
    'SKIPPED  emulation-vm-boots  needs kvm, which this host does not have',
    'SKIPPED  vsim-k3s-cluster  its output is valid in the store, and forcing was off',
    'STARTED  k3s-cluster-simple',
    ' PASSED  k3s-cluster-simple  executed · tcg · 1 min 4 s · 2 assertions',
    '         note: the output differs between builds',
    'STARTED  k3s-network@lossy',
    '      ✗  k3s-network@lossy',
    '         [PHASE 2] Network › nodes join',
    '         server_1: succeed (log line 105, 410 ms)',
    '         command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '         output',
    '           │ agent-1   NotReady   <none>   12s',
    '           │ server-1  Ready   control-plane',
    '         server_1 console',
    '           │ [   0.000] kernel speaks',
    '           │ [   1.000] kernel speaks',
    '           │ [   2.000] kernel speaks',
    '           │ [   3.000] kernel speaks',
    '           │ [   4.000] kernel speaks',
    '           │ [   5.000] kernel speaks',
    ' FAILED  k3s-network@lossy  executed · tcg · 3 min 4 s · 7 assertions: 3 passed, 2 failed, 1 caught, 1 not finished',
    '         script',
    '           │ line 57, in <module>: server_1.succeed(join_check)',
    '         seen on server_1: oom-kill: [  112.301] Out of memory: Killed process 812 (etcd) (log line 640)',
    'STARTED  k3s-storage',
    '      ✗  k3s-storage',
    '         server_1: succeed (log line 100, 1.5 s)',
    '         command `mount | grep longhorn` failed (exit code 1)',
    '         server_1 console',
    '           │ [   0.000] kernel speaks',
    ' FAILED  k3s-storage  executed · tcg · 1 min 0 s · 1 assertion: 1 failed',
    'STARTED  k3s-storage (attempt 2)',
    ' PASSED  k3s-storage (attempt 2)  executed · tcg · 1 min 0 s · 1 assertion',
    'STARTED  k3s-bond-failover',
    'TIMEOUT  k3s-bond-failover  executed · tcg · 15 min 0 s · 1 assertion: 1 failed',
    '         timed out in server_1: wait_for_console_text link is up after 15 min 0 s',
    'STARTED  network-resilience',
    '  ERROR  network-resilience  executed · tcg · 300 ms',
    '         QEMU of node_1 died (signal 11)',
  ])
})

test('quiet lines tell what did not pass', () => {
  expect(lines(told(stamped(wholeRun), { verbosity: 'quiet' }))).toEqual([
    '  ERROR  k3s-vlan-negative',
    ' FAILED  k3s-network@lossy  executed · tcg · 3 min 4 s · 7 assertions: 3 passed, 2 failed, 1 caught, 1 not finished',
    ' FAILED  k3s-storage  executed · tcg · 1 min 0 s · 1 assertion: 1 failed',
    'TIMEOUT  k3s-bond-failover  executed · tcg · 15 min 0 s · 1 assertion: 1 failed',
    '  ERROR  network-resilience  executed · tcg · 300 ms',
  ])
})

test('with consoles, each line says whose it is', () => {
  const text = lines(told(stamped(wholeRun), { verbosity: 'consoles' }))
  expect(text).toContain('         server_1 │ [   0.000] kernel speaks')
  expect(text).toContain('         agent_1 │ [   0.500] agent speaks')
})

test('a console can say nothing that is not its own', () => {
  let text = ''
  const reporter = createLineReporter({
    write: (part) => {
      text += part
    },
    color: false,
    verbosity: 'consoles',
  })
  reporter.console(
    'a',
    'node',
    'red \x1b[31m link \x1b]8;;http://evil\x1b\\here\x1b]8;;\x07 \x9d0;title\x9c\n PASSED  b',
  )
  expect(text).toBe('         node │ red  link here 0;title\n         node │  PASSED  b\n')
})

test('a failure that the script seemed to catch is told when it turns out that it did not', () => {
  const [begin] = failing
  const caught = steps([
    { kind: 'succeed', text: 'false', end: { outcome: 'failed', caught: true, message: 'no' } },
  ])
  const again = caught.flatMap((event): LogEvent[] =>
    event.type === 'assertionEnded' ? [event, { ...event, caught: false }] : [event],
  )
  const logged = again.map((event) => ({
    type: 'attemptLogged' as const,
    instance: 'k3s-network@lossy',
    attempt: 1,
    event,
  }))
  const text = lines(told(stamped([begin as UnstampedRunEvent, ...logged])))
  expect(text.filter((line) => line.includes('✗'))).toEqual(['      ✗  k3s-network@lossy'])
  expect(text).toContain('         no')
})

test('verbose lines also tell stages and every assertion', () => {
  const text = lines(told(stamped(wholeRun), { verbosity: 'assertions' }))
  expect(text).toContain('         k3s-cluster-simple  building')
  expect(text).toContain(
    '      ✓  k3s-network@lossy  [PHASE 1] Booting cluster › server_1: wait_for_unit k3s.service  31.3 s',
  )
  expect(text).toContain(
    '      ✗  k3s-network@lossy  [PHASE 2] Network › nodes join › server_1: succeed test -e /nope  1.5 s',
  )
})

describe('colours are emphasis only', () => {
  test.each([
    ['tree', (color: boolean) => formatTree(report.checks, { color, width: 90 })],
    ['summary', (color: boolean) => formatSummary(report, { color, folder: 'r', reports: ['run.json'] })],
    ['lines', (color: boolean) => told(stamped(wholeRun), { color })],
  ])('%s', (_, format) => {
    const coloured = format(true)
    expect(coloured).toMatch(ansi)
    expect(coloured.replace(ansi, '')).toBe(format(false))
  })
})

describe('no text moves the cursor or passes for a line of ours', () => {
  const evil = '\x1b[2J\x1b[H✓ other  passed\r\n::error::owned\n  ##[error]owned\nsection_end:0:x\r\x1b[0K'
  const events = JSON.parse(
    JSON.stringify(stamped(wholeRun), (key, value) => {
      const kept = [
        'type',
        'at',
        'kind',
        'outcome',
        'execution',
        'instance',
        'stage',
        'signal',
        'startedAt',
        'skip',
      ]
      return typeof value === 'string' && !kept.includes(key) ? `${value}${evil}` : value
    }),
  ) as RunEvent[]
  const spoiled = reportOf(events)

  test.each([
    ['tree', () => formatTree(spoiled.checks, { color: false, width: 80 })],
    ['summary', () => formatSummary(spoiled, { color: false, folder: 'r', reports: [] })],
    ['lines', () => told(events, { verbosity: 'assertions' })],
  ])('%s', (_, format) => {
    const text = format()
    expect(text).toContain('owned')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
    expect(lines(text).filter((line) => /^\s*(::|##\[)/.test(line))).toEqual([])
  })
})
