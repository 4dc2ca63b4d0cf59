import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../model/run-event.ts'
import { createLineReporter } from '../../../reporters/line.ts'
import { formatSummary } from '../../../reporters/summary.ts'
import { formatTree } from '../../../reporters/tree.ts'
import { assertion, check } from './junit-samples.ts'
import { reportOf, stamped } from './replay.ts'
import { failing, started, wholeRun } from './story.ts'

const report = reportOf(wholeRun)
const ansi = /\x1b\[[0-9;]*m/g

/** Lines are compared one by one, so that a difference shows where it is. */
const lines = (text: string) => text.replace(/\n$/, '').split('\n')

function told(events: RunEvent[], options: { verbose?: boolean; color?: boolean } = {}): string {
  let text = ''
  const reporter = createLineReporter({
    write: (part) => {
      text += part
    },
    color: false,
    ...options,
  })
  for (const event of events) {
    if (event.type === 'attemptLogged' && event.event.type === 'assertionStarted') {
      reporter.console(event.instance, 'server_1', `[   ${event.event.index}.000] kernel speaks`)
      reporter.console(event.instance, 'agent_1', `[   ${event.event.index}.500] agent speaks`)
    }
    reporter.event(event)
  }
  reporter.close()
  return text
}

test('the tree of a run with every outcome', () => {
  expect(lines(formatTree(report.checks, { color: false, width: 90 }))).toEqual([
    '✓ k3s-cluster-simple  passed · executed · tcg · 1 min 4 s · 2 assertions',
    '  ✓ server_1 wait_for_unit multi-user.target                                         1.5 s',
    '  ✓ server_1 succeed       true                                                      1.5 s',
    '  metric rtt = 52.1 ms (server_1)',
    '  note: the output differs between builds',
    '',
    '✗ k3s-network@lossy  failed · executed · tcg · 3 min 4 s · 7 assertions: 3 passed, 2 failed, 1 caught, 1 not finished',
    '  [PHASE 1] Booting cluster',
    '    ✓ server_1 wait_for_unit      k3s.service                                       31.3 s',
    '    ✓ agent_1  wait_for_unit      k3s-agent.service                                  1.5 s',
    '  [PHASE 2] Network',
    '    ✗ nodes join                                                                     4.0 s',
    '      ✓ server_1 wait_for_open_port 6443 on localhost                                1.5 s',
    '      ✗ server_1 succeed            test -e /nope                                    1.5 s',
    '        caught by the script: command `test -e /nope` failed (exit code 1)',
    '      ✗ server_1 succeed            kubectl get nodes --no-headers | grep -c Read…  410 ms',
    '      ○ agent_1  wait_for_file      /run/joined',
    '',
    '  [PHASE 2] Network › nodes join',
    '  server_1: succeed (log line 105, 410 ms)',
    '  command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '  output',
    '    │ agent-1   NotReady   <none>   12s',
    '    │ server-1  Ready   control-plane',
    '  script',
    '    │ line 57, in <module>: server_1.succeed(join_check)',
    '  seen on server_1: oom-kill',
    '  server_1 console',
    '    │ [  112.301] Out of memory: Killed process 812 (etcd)',
    '    │ [  112.420] systemd[1]: k3s.service: Main process exited',
    '',
    '✓ k3s-storage  passed · executed · tcg · 1 min 0 s · 2 attempts · 1 assertion',
    '  ✓ server_1 succeed mount | grep longhorn                                           1.5 s',
    '',
    '✗ k3s-bond-failover  timed out · executed · tcg · 15 min 0 s · 1 assertion: 1 failed',
    '  ✗ server_1 wait_for_console_text link is up',
    '',
    '  server_1: wait_for_console_text (log line 100)',
    '  timed out in server_1: wait_for_console_text link is up after 15 min 0 s',
    '',
    '! network-resilience  errored · executed · tcg · 300 ms',
    '',
    '  QEMU of node_1 died (signal 11)',
    '',
    '! k3s-vlan-negative  errored · not executed',
    '',
    "  attribute 'k3s' missing",
    '  details',
    "    │ error: attribute 'k3s' missing",
    '    │   at /build/tests/k3s.nix:12:5',
    '',
    '- emulation-vm-boots  skipped · not executed',
    '  reason: needs kvm, which this host does not have',
    '',
    '- vsim-k3s-cluster  skipped · cached · 1 assertion',
    '  ✓ server_1 succeed true                                                            1.0 s',
    '  reason: its output is valid in the store, and forcing was off',
  ])
})

test('the tree of a log whose test has no name shows the file', () => {
  const tree = formatTree(
    [check({ name: null, source: 'logs/a.log', outcome: 'unknown', execution: 'unknown' })],
    { color: false, width: 80 },
  )
  expect(tree).toBe('? logs/a.log  unknown · not known to have executed\n')
})

test('without a terminal nothing is cut', () => {
  const text = 'x'.repeat(500)
  expect(
    formatTree([check({ assertions: [assertion(0, { text })] })], {
      color: false,
      width: Number.POSITIVE_INFINITY,
    }),
  ).toContain(`${text}  1.0 s`)
})

test('the summary of a run with every outcome', () => {
  const summary = formatSummary(report, {
    color: false,
    folder: 'reports/20261120T075331Z-1a2b',
    reports: ['junit.xml', 'run.json'],
  })
  expect(lines(summary)).toEqual([
    '',
    '✗ k3s-network@lossy  failed · executed · tcg · 3 min 4 s · 7 assertions: 3 passed, 2 failed, 1 caught, 1 not finished',
    '  [PHASE 2] Network › nodes join',
    '  server_1: succeed (log line 105, 410 ms)',
    '  command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '  output',
    '    │ agent-1   NotReady   <none>   12s',
    '    │ server-1  Ready   control-plane',
    '  script',
    '    │ line 57, in <module>: server_1.succeed(join_check)',
    '  seen on server_1: oom-kill',
    '  server_1 console',
    '    │ [  112.301] Out of memory: Killed process 812 (etcd)',
    '    │ [  112.420] systemd[1]: k3s.service: Main process exited',
    '  log    reports/20261120T075331Z-1a2b/k3s-network@lossy/attempt-1/driver.log',
    '  again  pnpm vmproof run --accel tcg --profile lossy k3s-network',
    '',
    '✗ k3s-bond-failover  timed out · executed · tcg · 15 min 0 s · 1 assertion: 1 failed',
    '  server_1: wait_for_console_text (log line 100)',
    '  timed out in server_1: wait_for_console_text link is up after 15 min 0 s',
    '  log    reports/20261120T075331Z-1a2b/k3s-bond-failover/attempt-1/driver.log',
    '  again  pnpm vmproof run --accel tcg k3s-bond-failover',
    '',
    '! network-resilience  errored · executed · tcg · 300 ms',
    '  QEMU of node_1 died (signal 11)',
    '  log    reports/20261120T075331Z-1a2b/network-resilience/attempt-1/driver.log',
    '  again  pnpm vmproof run --accel tcg network-resilience',
    '',
    '! k3s-vlan-negative  errored · not executed',
    "  attribute 'k3s' missing",
    '  details',
    "    │ error: attribute 'k3s' missing",
    '    │   at /build/tests/k3s.nix:12:5',
    '  again  pnpm vmproof run --accel tcg k3s-vlan-negative',
    '',
    '- skipped  emulation-vm-boots: needs kvm, which this host does not have',
    '- skipped  vsim-k3s-cluster: its output is valid in the store, and forcing was off',
    '',
    '~ flaky    k3s-storage passed at last; attempt 1 failed: command `mount | grep longhorn` failed (exit code 1)',
    '',
    '8 checks: 1 failed, 1 timed out, 2 errored, 2 skipped, 2 passed (1 flaky) · 11 assertions: 6 passed, 3 failed, 1 caught, 1 not finished · 20 min 11 s',
    'reports/20261120T075331Z-1a2b/junit.xml',
    'reports/20261120T075331Z-1a2b/run.json',
  ])
})

test('the summary of a green run is two lines', () => {
  const green = { ...report, checks: report.checks.slice(0, 1) }
  expect(formatSummary(green, { color: false, folder: 'r', reports: ['run.json'] })).toBe(
    '\n1 check: 1 passed · 2 assertions · 20 min 11 s\nr/run.json\n',
  )
})

test('an interrupted run says so, and what it did not get to', () => {
  const events = [started, ...failing.slice(0, 4), { type: 'runInterrupted', signal: 'SIGINT' } as const]
  const summary = formatSummary(reportOf(events), { color: false, folder: 'r', reports: [] })
  expect(lines(summary)).toEqual([
    '',
    '! k3s-network@lossy  interrupted · executed',
    '  note: the run ended before this attempt did',
    '  log    r/k3s-network@lossy/attempt-1/driver.log',
    '  again  pnpm vmproof run --accel tcg --profile lossy k3s-network',
    '',
    '1 check: 1 interrupted',
    'interrupted: what ran until then is reported',
  ])
})

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
    '         seen on server_1: oom-kill',
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

test('verbose lines also tell stages and every assertion', () => {
  const text = lines(told(stamped(wholeRun), { verbose: true }))
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
    ['lines', () => told(events, { verbose: true })],
  ])('%s', (_, format) => {
    const text = format()
    expect(text).toContain('owned')
    expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
    expect(lines(text).filter((line) => /^\s*(::|##\[)/.test(line))).toEqual([])
  })
})
