import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../model/outcome.ts'
import type { CheckReport } from '../../../model/report.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { untimed } from '../../helpers/checks.ts'
import { assertion, cases, check, validReport } from './junit-samples.ts'
import { complaints, parseXml, walk } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

test('a run with every outcome', () => {
  const root = validReport(reportOf(wholeRun).checks)
  expect(cases(root)).toEqual([
    'emulation-vm-boots | driver | skipped',
    'k3s-bond-failover | server_1: wait_for_console_text link is up | failure Timeout',
    'k3s-cluster-simple | server_1: wait_for_unit multi-user.target | passed',
    'k3s-cluster-simple | server_1: succeed true | passed',
    'k3s-network@lossy | [PHASE 1] Booting cluster › server_1: wait_for_unit k3s.service | passed',
    'k3s-network@lossy | [PHASE 1] Booting cluster › agent_1: wait_for_unit k3s-agent.service | passed',
    'k3s-network@lossy | [PHASE 2] Network › nodes join (subtest) | failure AssertionFailed',
    'k3s-network@lossy | [PHASE 2] Network › nodes join › server_1: wait_for_open_port 6443 on localhost | passed',
    'k3s-network@lossy | [PHASE 2] Network › nodes join › server_1: succeed test -e /nope | passed',
    'k3s-network@lossy | [PHASE 2] Network › nodes join › server_1: succeed kubectl get nodes --no-headers | grep -c Ready | grep -qx 2 | failure CommandFailed',
    'k3s-network@lossy | [PHASE 2] Network › nodes join › agent_1: wait_for_file /run/joined | skipped',
    'k3s-storage | driver | flakyFailure CommandFailed',
    'k3s-storage | server_1: succeed mount | grep longhorn | passed',
    'k3s-vlan-negative | driver | error EvalFailure',
    'network-resilience | driver | error NodeDied',
    'vsim-k3s-cluster | driver | skipped',
    'vsim-k3s-cluster | server_1: succeed true | skipped',
  ])
  expect(root.attributes).toEqual({
    name: 'vmproof',
    tests: '17',
    failures: '3',
    errors: '2',
    time: '1208.704',
  })
})

test('a suite tells when, where and how the check ran', () => {
  const suite = validReport(reportOf(wholeRun).checks).children.find(
    ({ attributes }) => attributes.name === 'k3s-network@lossy',
  )
  expect(suite?.attributes).toMatchObject({
    timestamp: '2026-11-20T07:53:55Z',
    hostname: 'builder-1',
    time: '184.204',
  })
  const properties = suite?.children[0]?.children.map(({ attributes }) => [attributes.name, attributes.value])
  expect(Object.fromEntries(properties ?? [])).toEqual({
    outcome: 'failed',
    execution: 'executed',
    accelerator: 'tcg',
    system: 'x86_64-linux',
    derivation: '/nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-vm-test-run-k3s-network.drv',
    profile: 'lossy',
    attempts: '1',
  })
})

test('the case that failed tells all: message first, then where, output and script line, and the console apart', () => {
  const failed = walk(validReport(reportOf(wholeRun).checks)).find(
    ({ attributes }) => attributes.type === 'CommandFailed',
  )
  expect(failed?.text.split('\n')).toEqual([
    'command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '[PHASE 2] Network › nodes join',
    'server_1: succeed (log line 105, 410 ms)',
    'output',
    '  │ agent-1   NotReady   <none>   12s',
    '  │ server-1  Ready   control-plane',
    'script',
    '  │ line 57, in <module>: server_1.succeed(join_check)',
    'seen on server_1: oom-kill: [  112.301] Out of memory: Killed process 812 (etcd) (log line 640)',
  ])
  const out = walk(validReport(reportOf(wholeRun).checks)).find(
    ({ name, text }) => name === 'system-out' && text.includes('Out of memory'),
  )
  expect(out?.text.split('\n')[0]).toBe('log: k3s-network@lossy/attempt-1/driver.log')
})

describe('what a check says shows in its cases', () => {
  const failure = (kind: 'build' | 'python' | 'host' | 'node-died') => ({
    assertion: null,
    node: null,
    kind,
    message: 'why',
    traceback: [],
  })
  const one = [assertion(0)]
  const table: [string, Partial<CheckReport>, string[]][] = [
    ['passed without assertions', {}, ['driver | passed']],
    [
      'failed outside of any assertion',
      { outcome: 'failed', failure: failure('python'), assertions: one },
      ['driver | failure ScriptError', 'm: succeed step 0 | passed'],
    ],
    ['failed, nobody says why', { outcome: 'failed' }, ['driver | failure ScriptError']],
    [
      'a guest panicked',
      { outcome: 'failed', failure: failure('node-died') },
      ['driver | failure GuestPanic'],
    ],
    ['QEMU died', { outcome: 'errored', failure: failure('node-died') }, ['driver | error NodeDied']],
    [
      'Nix could not build',
      { outcome: 'errored', failure: failure('build') },
      ['driver | error NixBuildFailure'],
    ],
    [
      'errored although an assertion failed',
      { outcome: 'errored', failure: failure('host'), assertions: [assertion(0, { outcome: 'failed' })] },
      ['driver | error HostFailure', 'm: succeed step 0 | failure CommandFailed'],
    ],
    [
      'timed out between assertions',
      { outcome: 'timed-out', assertions: one },
      ['driver | failure Timeout', 'm: succeed step 0 | passed'],
    ],
    [
      'interrupted',
      { outcome: 'interrupted', assertions: [assertion(0, { outcome: 'unfinished' })] },
      ['driver | error Interrupted', 'm: succeed step 0 | skipped'],
    ],
    ['unknown', { outcome: 'unknown', execution: 'unknown' }, ['driver | error NoVerdict']],
    ['skipped', { outcome: 'skipped', execution: 'unknown', reason: 'no kvm' }, ['driver | skipped']],
    [
      'cached',
      { outcome: 'skipped', execution: 'cached', reason: 'valid', assertions: one },
      ['driver | skipped', 'm: succeed step 0 | skipped'],
    ],
    [
      'cached, and that fails it',
      { outcome: 'failed', execution: 'cached', failure: failure('build') },
      ['driver | failure NotExecuted'],
    ],
    [
      'passed without proof',
      { execution: 'substituted', assertions: one },
      ['driver | skipped', 'm: succeed step 0 | skipped'],
    ],
    [
      'a caught failure',
      { assertions: [assertion(0, { outcome: 'failed', caught: true })] },
      ['m: succeed step 0 | passed'],
    ],
    [
      'an errored assertion',
      { outcome: 'errored', assertions: [assertion(0, { outcome: 'errored' })] },
      ['m: succeed step 0 | error CommandFailed'],
    ],
  ]
  test.each(table)('%s', (_, facts, expected) => {
    expect(cases(validReport([check(facts)]))).toEqual(expected.map((line) => `k3s | ${line}`))
  })

  test.each(['failed', 'timed-out', 'errored', 'interrupted', 'unknown'] as Outcome[])(
    '%s is never green',
    (outcome) => {
      const { attributes } = validReport([check({ outcome, assertions: one })])
      expect(Number(attributes.failures) + Number(attributes.errors)).toBe(1)
    },
  )
})

test('a pass after other attempts keeps each of them; a broken one is an error, not a failure', () => {
  const earlier = (attempt: number, outcome: Outcome) => ({
    attempt,
    outcome,
    failure: null,
    seconds: 1,
    folder: null,
    ...untimed,
  })
  const root = validReport([
    check({
      attempts: 3,
      earlier: [earlier(1, 'errored'), earlier(2, 'timed-out')],
      assertions: [assertion(0)],
    }),
  ])
  expect(cases(root)).toEqual([
    'k3s | driver | flakyFailure Timeout, flakyError HostFailure',
    'k3s | m: succeed step 0 | passed',
  ])
  expect(root.attributes).toMatchObject({ failures: '0', errors: '0' })
})

test('the time of a subtest is what its assertions did not use, so that cases add up', () => {
  const subtest = (index: number, text: string, path: string[], seconds: number) =>
    assertion(index, { kind: 'subtest', node: null, text, path, seconds })
  const root = validReport([
    check({
      assertions: [
        subtest(0, 'outer', [], 10),
        assertion(1, { path: ['outer'], seconds: 2 }),
        subtest(2, 'inner', ['outer'], 7),
        assertion(3, { path: ['outer', 'inner'], seconds: 6.5 }),
        assertion(4, { seconds: 0.1234 }),
        assertion(5, { seconds: null }),
      ],
    }),
  ])
  const times = walk(root).filter(({ name }) => name === 'testcase')
  expect(times.map(({ attributes }) => attributes.time)).toEqual(['1', '2', '0.5', '6.5', '0.123', '0'])
  expect(root.children[0]?.attributes.time).toBe('10.123')
})

test('what parse read has no run: no host, no time of day', () => {
  const xml = formatJunit({ run: null, checks: [check({ source: 'a.log' })] })
  expect(complaints(parseXml(xml))).toEqual([])
  expect(xml).not.toMatch(/hostname|timestamp/)
})

test('nothing at all is a valid report', () => {
  expect(parseXml(formatJunit({ run: null, checks: [] })).attributes).toMatchObject({
    tests: '0',
    failures: '0',
  })
})
