import { describe, expect, test } from 'vitest'
import type { CheckReport, Failure, RunReport } from '../../../../model/report.ts'
import { annotationCommands } from '../../../../reporters/github/annotations.ts'
import { workflowCommand } from '../../../../reporters/github/command.ts'
import { expectedGaps } from '../../../../state/expected-gaps.ts'
import { commandsIn, hostileLines } from '../../../helpers/github-runner.ts'
import { reportOf } from '../replay.ts'
import { wholeRun } from '../story.ts'

const whole = reportOf(wholeRun)
const failed = whole.checks.find(({ outcome }) => outcome === 'failed') as CheckReport
const flaky = whole.checks.find((check) => check.flaky) as CheckReport

const annotationsOf = (checks: CheckReport[], workspace: string | null = null) =>
  commandsIn(annotationCommands({ ...whole, checks }, workspace))

test('what went wrong is an error, what is flaky a warning, and nothing else is told', () => {
  expect(annotationsOf(whole.checks).map(({ name, properties }) => [name, properties.title])).toEqual([
    ['error', 'k3s-network@lossy failed'],
    ['error', 'k3s-bond-failover timed out'],
    ['error', 'network-resilience errored'],
    ['error', 'k3s-vlan-negative errored'],
    ['warning', 'k3s-storage is flaky'],
  ])
})

test('what no run knows of is an error', () => {
  const gaps = expectedGaps([{ name: 'a::error::x', profile: 'lossy' }], [])
  expect(annotationsOf(gaps)).toEqual([
    { name: 'error', properties: { title: 'a::error::x@lossy was not executed' }, data: gaps[0]?.reason },
  ])
})

test('a failure tells its message first, then where, output and script', () => {
  const [error] = annotationsOf([failed])
  expect(error?.data.split('\n')).toEqual([
    'command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '[PHASE 2] Network › nodes join',
    'server_1: succeed (log line 105, 410 ms)',
    'output',
    '  │ agent-1   NotReady   <none>   12s',
    '  │ server-1  Ready   control-plane',
    'script',
    '  │ line 57, in <module>: server_1.succeed(join_check)',
    'seen on server_1: oom-kill: [  112.301] Out of memory: Killed process 812 (etcd) (log line 640)',
    ...(error?.data.split('\n').slice(9) ?? []),
  ])
})

test('a failure in quarantine is a notice with its tracker', () => {
  const quarantine = { check: 'x', assertion: null, tracker: 'https://t/7', until: '2027-01-31' }
  const [notice] = annotationsOf([{ ...failed, quarantine: quarantine as CheckReport['quarantine'] }])
  expect(notice?.name).toBe('notice')
  expect(notice?.data.split('\n')[0]).toBe('quarantined until 2027-01-31, https://t/7')
})

describe('the place in the suite', () => {
  const inSuite = (suiteFile: string, traceback: string[]): CheckReport => ({
    ...failed,
    suiteFile,
    failure: { ...(failed.failure as Failure), traceback },
  })
  const frames = ['File "<string>", line 5, in <module>: x', 'File "<string>", line 12, in twice: y']

  test('is the innermost line of the script, relative to the checkout', () => {
    const [error] = annotationsOf([inSuite('/w/vm/suites/vm/a.ts', frames)], '/w/vm')
    expect(error?.properties).toMatchObject({ file: 'suites/vm/a.ts', line: '12' })
  })

  test.each([
    ['outside of the checkout', '/elsewhere/a.ts', '/w/vm'],
    ['a sibling that begins alike', '/w/vm2/a.ts', '/w/vm'],
    ['without a checkout', '/w/vm/a.ts', null],
  ])('is left out: %s', (_, file, workspace) => {
    const [error] = annotationsOf([inSuite(file, frames)], workspace)
    expect(error?.properties).toEqual({ title: 'k3s-network@lossy failed' })
  })

  test('has a file alone where the failure has no line', () => {
    const [error] = annotationsOf([inSuite('/w/vm/a,b:c.ts', [])], '/w/vm')
    expect(error?.properties).toMatchObject({ file: 'a,b:c.ts' })
    expect(error?.properties.line).toBeUndefined()
  })
})

describe('the bounds of GitHub', () => {
  const many = (check: CheckReport, count: number): CheckReport[] =>
    Array.from({ length: count }, (_, at) => ({ ...check, name: `check-${at}`, profile: null }))

  test.each([
    [10, 10],
    [11, 10],
    [500, 10],
  ])('%i failures give %i errors', (count, shown) => {
    const commands = annotationsOf([...many(failed, count), ...many(flaky, count)])
    expect(commands.filter(({ name }) => name === 'error')).toHaveLength(shown)
    expect(commands.filter(({ name }) => name === 'warning')).toHaveLength(shown)
  })

  test('the last of too many tells of the rest', () => {
    const last = annotationsOf(many(failed, 12)).at(-1)
    expect(last?.properties).toEqual({ title: '3 more' })
    expect(last?.data).toBe('check-9 failed\ncheck-10 failed\ncheck-11 failed')
  })

  test('no message is longer than what it keeps', () => {
    const message = '😀'.repeat(5000)
    const [error] = annotationsOf([{ ...failed, failure: { ...(failed.failure as Failure), message } }])
    // No half of a pair is left at its end.
    expect(error?.data.length).toBe(4095)
    expect(error?.data).not.toMatch(/[\ud800-\udbff]$|[\ud800-\udbff]…/)
  })
})

test('no title is longer than what it keeps', () => {
  const [error] = annotationsOf([{ ...failed, name: 'n'.repeat(500) }])
  expect(error?.properties.title).toHaveLength(255)
})

test('nothing that a guest said becomes a command of its own', () => {
  for (const hostile of hostileLines) {
    const evil: CheckReport = {
      ...failed,
      name: hostile,
      suiteFile: `/w/${hostile}`,
      failure: { ...(failed.failure as Failure), message: hostile, traceback: [hostile] },
      details: [hostile],
      consoles: [{ node: hostile, lines: [hostile] }],
    }
    const commands = annotationsOf([evil], '/w')
    expect(commands.map(({ name }) => name)).toEqual(['error'])
    expect(Object.keys(commands[0]?.properties ?? {}).sort()).toEqual(['file', 'title'])
  }
})

test('escapes are those of @actions/core, percent first', () => {
  expect(workflowCommand('error', 'a%0A\r\n::b', { title: 'x:y,z%2C', line: 3 })).toBe(
    '::error title=x%3Ay%2Cz%252C,line=3::a%250A%0D%0A::b\n',
  )
  expect(workflowCommand('endgroup')).toBe('::endgroup::\n')
})

test('in a search for a threshold a failure is an answer', () => {
  const question = { knob: 'loss', from: 0, to: 20, repeat: 3, points: 8 } as const
  const run: RunReport['run'] = { ...whole.run, sweep: { type: 'search', question } }
  const commands = commandsIn(annotationCommands({ ...whole, run }, null))
  expect(commands.filter(({ name }) => name === 'error').map(({ properties }) => properties.title)).toEqual([
    'network-resilience errored',
    'k3s-vlan-negative errored',
  ])
})
