import { describe, expect, test } from 'vitest'
import { ScriptPrints } from '../../../log/script-prints.ts'
import type { LogEvent } from '../../../model/log-event.ts'
import { readLog } from '../../helpers/read-log.ts'

function printed(...lines: string[]): LogEvent[] {
  const events: LogEvent[] = []
  const prints = new ScriptPrints({ event: (event) => events.push(event) })
  lines.forEach((line, at) => {
    prints.line(line, at + 1)
  })
  return events
}

test.each([
  [['[PHASE 2] latency'], '[PHASE 2] latency', 1],
  [['[12:00:01] [PHASE 1] Booting cluster nodes'], '[PHASE 1] Booting cluster nodes', 1],
  [['[12:00:01] ', '[PHASE 1] boot'], '[PHASE 1] boot', 2],
  [['=== checking the result ==='], '=== checking the result ===', 1],
  [
    ['[12:00:01] ==========', '[12:00:01]   K3s Cluster Test', '[12:00:01] =========='],
    'K3s Cluster Test',
    3,
  ],
])('%j opens a phase', (lines, text, line) => {
  expect(printed(...lines)).toEqual([{ type: 'phaseEntered', text, line }])
})

test.each([
  [['====', 'not a title']],
  [['the [PHASE 2] comes later']],
  [['=====', '', '=====']],
  [['a == b']],
])('%j opens none', (lines) => {
  expect(printed(...lines)).toEqual([])
})

describe('conventions', () => {
  test.each([
    ['vmproof:metric rtt=52.31 ms node=a', { name: 'rtt', value: 52.31, unit: 'ms', node: 'a' }],
    ['vmproof:metric loss=0 %', { name: 'loss', value: 0, unit: '%', node: null }],
    [
      '[12:00:01] vmproof:metric rate=-1.5e3 Mbit/s',
      { name: 'rate', value: -1500, unit: 'Mbit/s', node: null },
    ],
    ['vmproof:metric restarts=2', { name: 'restarts', value: 2, unit: '', node: null }],
  ])('%s', (line, metric) => {
    expect(printed(line)).toEqual([{ type: 'metricRecorded', metric }])
  })

  test('vmproof:attach names a file', () => {
    expect(printed('vmproof:attach my trace.pcap')).toEqual([
      { type: 'attachmentNamed', path: 'my trace.pcap' },
    ])
  })

  test.each(['vmproof:metric rtt=fast ms', 'vmproof:metric', 'say vmproof:metric a=1 s'])(
    '%s is text',
    (line) => {
      expect(printed(line)).toEqual([])
    },
  )
})

test('only the script counts: no console, no output of a command', () => {
  const metric = (name: string) => `vmproof:metric ${name}=1 s`
  const report = readLog(
    [
      '\u001b[1m\u001b[32mrun the VM test script\u001b[0m',
      metric('script'),
      'a: starting vm',
      `\u001b[2ma # ${metric('console')}\u001b[0m`,
      'a: \u001b[1m\u001b[32mmust succeed: x\u001b[0m',
      'a: output: one',
      metric('output'),
      '',
      '\u001b[1m\u001b[32mcleanup\u001b[0m',
    ].join('\n'),
  )
  expect(report.metrics.map(({ name }) => name)).toEqual(['script'])
})

test('prints that a pipe held back say nothing of what stands behind them', () => {
  const report = readLog(
    [
      'run the VM test script',
      'a: starting vm',
      'a: must succeed: x',
      'a: (finished: must succeed: x, in 0.10 seconds)',
      'additionally exposed symbols:',
      '    a,',
      '    vlan1,',
      '    start_all',
      '[PHASE 1] boot',
      'vmproof:metric late=1 s',
      'a: must succeed: y',
      'a: (finished: must succeed: y, in 0.10 seconds)',
    ].join('\n'),
  )
  expect(report.assertions.map(({ phase }) => phase)).toEqual([null, null])
  expect(report.metrics).toHaveLength(1)
})
