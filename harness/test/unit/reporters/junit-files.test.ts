import { describe, expect, test } from 'vitest'
import type { CheckReport, RunInfo } from '../../../model/report.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import type { AttemptPaths } from '../../../reporters/junit-limits.ts'
import { check, validReport } from './junit-samples.ts'
import { parseXml, walk } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

describe('files of an attempt', () => {
  const failed = check({
    outcome: 'failed',
    folder: 'k3s/attempt-1',
    consoles: [{ node: 'm', lines: ['[[ATTACHMENT|/etc/passwd]]'] }],
  })
  const outOf = (paths?: AttemptPaths) => {
    const options = { granularity: 'assertion' as const, ...(paths && { paths: () => paths }) }
    const xml = formatJunit({ run: null, checks: [failed, check()] }, options)
    return walk(parseXml(xml))
      .filter(({ name }) => name === 'system-out')
      .map(({ text }) => text.split('\n'))
  }

  test('are named where the failure is, attachments first; those that a guest names are none', () => {
    expect(
      outOf({ log: 'reports/1/driver.log', attachments: ['reports/1/a.png', 'reports/1/driver.log'] }),
    ).toEqual([
      [
        '[[ATTACHMENT|reports/1/a.png]]',
        '[[ATTACHMENT|reports/1/driver.log]]',
        'log: reports/1/driver.log',
        'm console',
        '  │ [[ATTACHMENT │/etc/passwd]]',
      ],
    ])
    expect(outOf({ log: null, attachments: [] })).toEqual([['m console', '  │ [[ATTACHMENT │/etc/passwd]]']])
  })

  test('of earlier attempts are named from the same place', () => {
    const times = { startedAt: null, endedAt: null, stages: [], seconds: null, failure: null }
    const earlier = [{ attempt: 1, outcome: 'failed' as const, folder: 'k3s/attempt-1', ...times }]
    const paths = ({ folder }: { folder: string | null }) => ({
      log: `reports/1/${folder}/driver.log`,
      attachments: [],
    })
    const xml = formatJunit({ run: null, checks: [check({ earlier })] }, { granularity: 'assertion', paths })
    const trace = walk(parseXml(xml)).find(({ name }) => name === 'stackTrace')
    expect(trace?.text.split('\n').at(-1)).toBe('log: reports/1/k3s/attempt-1/driver.log')
  })

  test('by themselves: the log, as the run has it', () => {
    expect(outOf()[0]?.[0]).toBe('log: k3s/attempt-1/driver.log')
  })
})

describe('the host of a suite', () => {
  const { run } = reportOf(wholeRun)
  const hostsOf = (checks: CheckReport[], facts: Partial<RunInfo>) =>
    validReport(checks, { ...run, ...facts }).children.map(({ attributes }) => attributes.hostname)
  const host = (name: string) => ({ ...run.host, name })

  test('is that of its shard in a merged run', () => {
    const part = (id: string) => ({ id, startedAt: '', endedAt: null, host: host(`host-of-${id}`) })
    const checks = [check({ name: 'a', run: '1' }), check({ name: 'b', run: '2' }), check({ name: 'c' })]
    expect(hostsOf(checks, { parts: [part('1'), part('2')], host: host('merger') })).toEqual([
      'host-of-1',
      'host-of-2',
      'merger',
    ])
  })

  test('is the one on which a resumed run went on', () => {
    const at = (hour: number) => `2026-11-20T0${hour}:00:00.000Z`
    const resumption = { host: 'second', vmproofVersion: '1', command: [], strict: false, secondsBefore: 1 }
    const checks = [
      check({ name: 'a', startedAt: at(1) }),
      check({ name: 'b', startedAt: at(3) }),
      check({ name: 'c' }),
    ]
    expect(hostsOf(checks, { resumptions: [{ ...resumption, at: at(2) }], host: host('first') })).toEqual([
      'first',
      'second',
      'first',
    ])
  })
})
