import { describe, expect, test } from 'vitest'
import { lineLimit } from '../../../log/line-splitter.ts'
import type { LogEvent } from '../../../model/log-event.ts'
import { driverLog, driverLogNames, readFile } from '../../helpers/driver-logs.ts'
import { seededRandom } from '../../helpers/random.ts'
import { eventsOf, readLog, reportOf } from '../../helpers/read-log.ts'

const forbidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

test.each(driverLogNames())('%s: every text is clean, and the last event is the end', (name) => {
  const events = eventsOf(driverLog(name))
  expect(textsOf(events).filter((text) => forbidden.test(text))).toEqual([])
  expect(events.map(({ type }) => type).indexOf('logEnded')).toBe(events.length - 1)
})

describe('whatever comes in', () => {
  const random = seededRandom(11)
  const pieces = [
    '\u001b[2mmachine # ',
    '\u001b[0m',
    '\u001b[1m\u001b[32m',
    'machine: ',
    'must succeed: ',
    'a\nb',
    '\n',
    '(finished: ',
    ', in 1.00 seconds)',
    '\u001b[31m!!! \u001b[0m',
    'Traceback (most recent call last):',
    '  File "<string>", line 1',
    'Test "x" failed with error: "',
    '"',
    'subtest: x',
    'cleanup',
    'run the VM test script',
    'output: ',
    'test script finished in 1.00s',
    'timeout reached; test terminating...',
    '\r',
    '\u0000',
    '\u2028',
    'AssertionError',
    '@nix {"action":"result","id":1,"type":101,"fields":["machine: must succeed: x"]}',
    'a> ',
    'error: ',
    '       > ',
    'last 10 log lines:',
    '2026-01-01T00:00:00.0Z ',
    '00O+',
    'Polling condition failed: x',
    'additionally exposed symbols:',
  ]

  test('nothing throws, and the last word is an outcome', () => {
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 80 }, () => pieces[Math.floor(random() * pieces.length)]).join('')
      const events = eventsOf(Buffer.from(text), 1 + Math.floor(random() * 50))
      expect(events.at(-1)?.type).toBe('logEnded')
      expectSoundIndexes(events)
      for (const report of readFile(text)) expect(report.outcome).toBeTypeOf('string')
    }
  })

  test('random bytes are no test', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, () => Math.floor(random() * 256))
    expect(readFile(bytes)).toEqual([])
    expect(readLog(bytes).outcome).toBe('unknown')
  })
})

/** What a reader of the events relies on: they start in turn, and only what started ends. */
function expectSoundIndexes(events: LogEvent[]): void {
  let next = 0
  for (const event of events) {
    if (event.type === 'assertionStarted') expect(event.index).toBe(next++)
    if (event.type === 'assertionsWithdrawn') next = Math.min(next, event.from)
    if (event.type === 'assertionEnded') expect(event.index).toBeLessThan(next)
  }
}

test.each(driverLogNames())('%s: indexes stay sound', (name) => {
  expectSoundIndexes(eventsOf(driverLog(name)))
})

describe('a log that is cut anywhere', () => {
  test.each(['2025-c', '2025-c-plain', '2023-a-success', '2026-j'])(
    '%s never passes before its end',
    (name) => {
      const bytes = driverLog(name)
      const cleanup =
        bytes.lastIndexOf('cleanup\u001b[0m') === -1
          ? bytes.lastIndexOf('\ncleanup')
          : bytes.lastIndexOf('cleanup\u001b[0m')
      for (let end = bytes.length; end > 0; end -= 997) {
        const report = readLog(bytes.subarray(0, end))
        if (end < cleanup) expect(report.outcome, `cut at ${end}`).not.toBe('passed')
      }
    },
  )

  test('leaves open what was open', () => {
    const log = driverLog('2026-a').toString('latin1')
    const end = log.indexOf('\u001b[0m', log.indexOf('must succeed: echo back in outer')) + 4
    const report = readLog(Buffer.from(log.slice(0, end), 'latin1'))
    expect(report.outcome).toBe('unknown')
    expect(report.failure).toBeNull()
    expect(
      report.assertions.filter(({ outcome }) => outcome === 'unfinished').map(({ kind }) => kind),
    ).toEqual(['subtest', 'succeed'])
  })

  test('is read from where it begins', () => {
    const log = driverLog('2025-c').toString('latin1')
    const [report] = readFile(Buffer.from(log.slice(log.indexOf('Linux version') + 2000), 'latin1'))
    expect(report).toMatchObject({ outcome: 'failed', failure: { kind: 'succeed' } })
  })
})

test('a line without an end is cut, and what follows is read', () => {
  const head = 'start all VLans\nrun the VM test script\nmachine: starting vm\n'
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  const before = process.memoryUsage().rss
  const report = reportOf(
    eventsOf(
      Buffer.concat([
        Buffer.from(`${head}machine # `),
        ...Array(64).fill(chunk),
        Buffer.from(
          '\nmachine: must succeed: true\nmachine: (finished: must succeed: true, in 0.10 seconds)\n',
        ),
      ]),
      1024 * 1024,
    ),
  )
  expect(report.assertions).toMatchObject([{ text: 'true', outcome: 'passed' }])
  expect(report.nodes[0]?.consoleLines).toBe(1)
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * lineLimit)
})

/** Each was quadratic or deeper than the stack in some reader. */
test.each([
  ['consoles glued together', '\u001b[2ma # x\u001b[0m'.repeat(60_000)],
  [
    'nodes without number',
    Array.from({ length: 20_000 }, (_, at) => `\u001b[2mn${at} # x\u001b[0m\n`).join(''),
  ],
  ['subtests without end', 'subtest: x\n'.repeat(30_000)],
  ['a banner of blanks', `== a${' '.repeat(900_000)}b`],
  ['a message of blanks', `Test "x" failed with error: "${' '.repeat(900_000)}`],
  ['a message of many lines', `!!! Test "x" failed with error: "command \`${'a\n'.repeat(200_000)}`],
  ['a head of many lines', `a: \u001b[1m\u001b[32mmust succeed: ${'a\n'.repeat(200_000)}`],
  [
    'a head without end',
    `a: must succeed: ${'x\n'.repeat(200_000)}a: (finished: must succeed: ${'x\n'.repeat(200_000)}`,
  ],
  [
    'closing lines in one',
    `${'subtest: x\n'.repeat(900)}${'(finished: subtest: x, in 0.10 seconds)'.repeat(20_000)}`,
  ],
])('%s', (_, text) => {
  const head = 'run the VM test script\nsubtest: x\n'
  expect(readLog(head + text).outcome).toBe('unknown')
  expect(readFile(head + text).map(({ outcome }) => outcome)).toEqual(['unknown'])
})

test('a log in which every line names another derivation is read to its end', () => {
  const names = Array.from(
    { length: 12_000 },
    (_, index) => `vm-test-run-n${index}> run the VM test script\n`,
  )
  const [first, ...others] = readFile(Buffer.from(names.join('')))
  expect(first).toMatchObject({ name: 'n0', outcome: 'unknown' })
  expect(others.length).toBeLessThan(10_001)
})
