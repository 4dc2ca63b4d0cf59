import { describe, expect, test } from 'vitest'
import { driverLog, expectationOf, readFile } from '../../helpers/driver-logs.ts'
import { differences } from '../../helpers/expectation.ts'
import { seededRandom } from '../../helpers/random.ts'

const random = seededRandom(3)

function lines(name: string): string[] {
  const all = driverLog(name).toString('latin1').split('\n')
  return all.at(-1) === '' ? all.slice(0, -1) : all
}

const join = (all: string[]) => Buffer.from(`${all.join('\n')}\n`, 'latin1')
const stamp = (at: number) =>
  `2026-01-01T12:${String(Math.floor(at / 60) % 60).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}.123456`

/** What systems that run tests do to each line. */
const wrappings: Record<string, (line: string, at: number) => string | string[]> = {
  GitHub: (line, at) => `${stamp(at)}7Z ${line}`,
  'GitHub with groups': (line, at) =>
    [`##[group]Run nix build`, '##[endgroup]', line]
      .slice(at === 0 ? 0 : 2)
      .map((one) => `${stamp(at)}7Z ${one}`),
  GitLab: (line, at) => {
    const cut = random() < 0.1 ? Math.floor(random() * line.length) : 0
    const first = `${stamp(at)}Z 00O ${line.slice(0, cut || line.length)}`
    return cut > 0 ? [first, `${stamp(at)}Z 00O+${line.slice(cut)}`] : first
  },
  'GitLab sections': (line, at) =>
    at === 3 ? [`section_start:1767268800:step_script\r\u001b[0KRun`, line] : line,
  Jenkins: (line, at) => `[${stamp(at)}Z] ${line}`,
  'gh run view': (line, at) => `vm tests\tRun nix build\t${stamp(at)}7Z ${line}`,
  journal: (line) => `Jan 01 12:00:00 ci-host nix[4711]: ${line}`,
  clock: (line, at) => `[12:00:${String(at % 60).padStart(2, '0')}] ${line}`,
  'Windows line ends': (line) => `${line}\r`,
  'cat -v': (line) => line.replaceAll('\u001b', '^['),
  'script(1) and progress of Nix': (line, at) => [
    ...(at === 0 ? ['Script started on 2026-01-01 12:00:00+00:00 [COMMAND="nix build -L"]'] : []),
    `\r[\u001b[34;1m1\u001b[0m/2 built] building a\u001b[0m\u001b[K\r\u001b[K\u001b[2mvm-test-run-a> \u001b[0m${line}\u001b[0m\r`,
  ],
}
const samples = ['2025-c', '2026-f2', '2023-b-two-nodes', '2023-k-interleave', '2025-spoof-console']

describe.each(Object.keys(wrappings))('behind %s', (carrier) => {
  test.each(samples)('%s is read as without', (name) => {
    const wrapped = lines(name).flatMap((line, at) => wrappings[carrier]?.(line, at) ?? [])
    const reports = readFile(join(wrapped))
    expect(reports).toHaveLength(1)
    expect(differences(expectationOf(name), reports[0] as never)).toEqual([])
  })
})

test.each([
  ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), driverLog('2025-c')])],
  ['UTF-16', Buffer.from(`\ufeff${driverLog('2025-c').toString('utf8')}`, 'utf16le')],
  ['an indent', join(lines('2025-c-plain').map((line) => `    ${line}`))],
  ['quote marks', join(lines('2025-c-plain').map((line) => `> ${line}`))],
  ['lost escapes', Buffer.from(driverLog('2025-c').toString('latin1').replaceAll('\u001b', ''), 'latin1')],
  ['trimmed lines', join(lines('2025-c-plain').map((line) => line.trimEnd()))],
  ['no empty lines', join(lines('2025-c-plain').filter((line) => line !== ''))],
  [
    'HTML entities',
    join(
      lines('2025-c-plain').map((line) =>
        `vm-test-run-c> ${line}`
          .replaceAll('&', '&amp;')
          .replaceAll('>', '&gt;')
          .replaceAll("'", '&#39;')
          .replaceAll('"', '&quot;'),
      ),
    ),
  ],
])('%s does not matter', (_, bytes) => {
  const [report] = readFile(bytes)
  expect(report && differences(expectationOf('2025-c'), report)).toEqual([])
})

test('a script may print a time stamp of its own', () => {
  const log = ['start all VLans', 'run the VM test script', 'machine: starting vm']
  const own = [
    '2026-01-01T00:00:00.000Z machine: must succeed: not a head',
    'machine: must succeed: true',
    'machine: (finished: must succeed: true, in 0.10 seconds)',
  ]
  const [report] = readFile([...log, ...own].join('\n'))
  expect(report?.assertions.map(({ text, line }) => [text, line])).toEqual([['true', 5]])
})
