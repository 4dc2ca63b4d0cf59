import { expect, test } from 'vitest'
import { formatSummary } from '../../../reporters/summary.ts'
import { formatTree } from '../../../reporters/tree.ts'
import { untimed } from '../../helpers/checks.ts'
import { assertion, check } from './junit-samples.ts'
import { reportOf } from './replay.ts'
import { failing, started, wholeRun } from './story.ts'
import { lines } from './told.ts'

const report = reportOf(wholeRun)

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
    '  seen on server_1: oom-kill: [  112.301] Out of memory: Killed process 812 (etcd) (log line 640)',
    '  server_1 console',
    '    │ [  112.301] Out of memory: Killed process 812 (etcd)',
    '    │ [  112.420] systemd[1]: k3s.service: Main process exited',
    '',
    '✓ k3s-storage  passed · flaky · executed · tcg · 1 min 0 s · 2 attempts · 1 assertion',
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
    reports: ['junit.xml', 'run.json', 'index.html'],
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
    '  seen on server_1: oom-kill: [  112.301] Out of memory: Killed process 812 (etcd) (log line 640)',
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
    'report  reports/20261120T075331Z-1a2b/index.html (also junit.xml, run.json)',
    'again   pnpm vmproof run --accel tcg k3s-network@lossy k3s-bond-failover network-resilience k3s-vlan-negative',
  ])
})

test('quiet, it leaves out what was skipped', () => {
  const options = { color: false, folder: 'r', reports: [] }
  const quiet = lines(formatSummary(report, { ...options, verbosity: 'quiet' }))
  const whole = lines(formatSummary(report, options))
  expect(whole.filter((line) => !quiet.includes(line))).toEqual([
    '- skipped  emulation-vm-boots: needs kvm, which this host does not have',
    '- skipped  vsim-k3s-cluster: its output is valid in the store, and forcing was off',
  ])
})

test('files can be clicked where a terminal can do that', () => {
  const link = (text: string, path: string) => `<${path}>${text}</>`
  const summary = formatSummary(report, {
    color: false,
    folder: 'r',
    reports: ['junit.xml', 'index.html'],
    link,
  })
  expect(summary).toContain('\nreport  <r/index.html>r/index.html</> (also junit.xml)\n')
  expect(summary).toContain(
    '\n  log    <r/network-resilience/attempt-1/driver.log>r/network-resilience/attempt-1/driver.log</>\n',
  )
})

test('the summary of a green run is two lines', () => {
  const green = { ...report, checks: report.checks.slice(0, 1) }
  expect(formatSummary(green, { color: false, folder: 'r', reports: ['run.json'] })).toBe(
    '\n1 check: 1 passed · 2 assertions · 20 min 11 s\nreport  r/run.json\n',
  )
})

test('in a terminal what others printed goes on behind its gutter', () => {
  const consoles = [{ node: 'm', lines: [`Code: ${'40 00 48 '.repeat(6)}`, 'end'] }]
  const narrow = { ...report, checks: [check({ outcome: 'failed', consoles })] }
  const summary = formatSummary(narrow, { color: false, folder: 'r', reports: [], width: 40 })
  expect(lines(summary).slice(1, 7)).toEqual([
    '✗ k3s  failed · executed',
    '  m console',
    '    │ Code: 40 00 48 40 00 48 40 00 48 4',
    '    │ 0 00 48 40 00 48 40 00 48',
    '    │ end',
    '',
  ])
  expect(summary.endsWith('\nagain   pnpm vmproof run --accel tcg k3s\n')).toBe(true)
})

test('what passed only after the infrastructure broke it is told, and is not flaky', () => {
  const failure = { assertion: null, node: null, kind: 'host' as const, message: 'QEMU died', traceback: [] }
  const attempt = { ...untimed, attempt: 1, failure, seconds: 1, folder: null }
  const summaryOf = (outcome: 'errored' | 'interrupted') => {
    const checks = [check({ outcome: 'passed', attempts: 2, earlier: [{ ...attempt, outcome }] })]
    return formatSummary({ ...report, checks }, { color: false, folder: 'r', reports: [] })
  }
  expect(summaryOf('errored')).toContain('~ retried  k3s passed at last; attempt 1 errored: QEMU died\n')
  expect(summaryOf('errored')).not.toContain('flaky')
  expect(summaryOf('interrupted')).not.toContain('retried')
})

test('the node that failed is shown longest', () => {
  const many = Array.from({ length: 30 }, (_, line) => `line ${line}`)
  const consoles = ['a', 'b'].map((node) => ({ node, lines: many }))
  const failure = { assertion: null, node: 'b', kind: 'python' as const, message: 'no', traceback: [] }
  const tree = formatTree([check({ outcome: 'failed', consoles, failure })], { color: false, width: 80 })
  const titles = lines(tree).filter((line) => /console|earlier/.test(line))
  expect(titles).toEqual([
    '  b console',
    '    │ … 15 earlier lines',
    '  a console',
    '    │ … 25 earlier lines',
  ])
})

test('an interrupted run says so, and what it did not get to', () => {
  const events = [started, ...failing.slice(0, 4), { type: 'runInterrupted', signal: 'SIGINT' } as const]
  const summary = formatSummary(reportOf(events), { color: false, folder: 'r', reports: [] })
  expect(lines(summary)).toEqual([
    '',
    '! k3s-network@lossy  interrupted · executed',
    '  note: the run ended before this attempt did',
    '  log    r/k3s-network@lossy/attempt-1/driver.log',
    '',
    '1 check: 1 interrupted',
    'interrupted: what ran until then is reported',
    'resume  pnpm vmproof run --resume 20261120T075331Z-1a2b',
  ])
})
