import { describe, expect, test } from 'vitest'
import { driverLog, expectationOf, readFile } from '../../helpers/driver-logs.ts'
import { differences } from '../../helpers/expectation.ts'
import { seededRandom } from '../../helpers/random.ts'

const store = (name: string) => `/nix/store/${'0'.repeat(32)}-${name}.drv`

function lines(name: string): string[] {
  return driverLog(name).toString('latin1').replace(/\n$/, '').split('\n')
}

/** Several streams as one, some lines of one, some of the other. */
function mixed(streams: string[][]): string {
  const random = seededRandom(9)
  const left = streams.map((stream) => [...stream])
  const out: string[] = []
  while (left.some((stream) => stream.length > 0)) {
    out.push(...(left[Math.floor(random() * left.length)]?.splice(0, 1 + Math.floor(random() * 6)) ?? []))
  }
  return `${out.join('\n')}\n`
}

const prefixes: Record<string, (name: string) => string> = {
  plain: (name) => `${name}> `,
  coloured: (name) => `\u001b[2m${name}> \u001b[0m`,
}

describe.each(Object.keys(prefixes))('nix build -L, %s prefixes', (kind) => {
  test('mixed builds are told apart, and what is no test is left out', () => {
    const behind = (name: string, all: string[]) => all.map((line) => `${prefixes[kind]?.(name)}${line}`)
    const text = mixed([
      behind('vm-test-run-c', lines('2025-c-plain')),
      behind('debian-test-b', lines('2026-b-plain')),
      behind('hello', ['unpacking sources', 'make: *** [all] Error 1', 'error: must succeed: no']),
    ])
    const reports = readFile(Buffer.from(text, 'latin1'))
    expect(reports.map(({ name }) => name)).toEqual(expect.arrayContaining(['c', 'debian-test-b']))
    expect(reports).toHaveLength(2)
    for (const report of reports) {
      const want = expectationOf(report.name === 'c' ? '2025-c-plain' : '2026-b-plain')
      expect(differences(want, report)).toEqual([])
    }
  })
})

test("a terminal's progress line is drawn over", () => {
  const drawn = lines('2025-c').map(
    (line) =>
      `\r[1/0/1 built] building vm-test-run-c\u001b[0m\u001b[K\r\u001b[K\u001b[2mvm-test-run-c> \u001b[0m${line}\u001b[0m\r`,
  )
  const [report] = readFile(Buffer.from(`${drawn.join('\n')}\n`, 'latin1'))
  expect(report && differences(expectationOf('2025-c'), report)).toEqual([])
})

test('the announcement of a build has the version that the prefix lost', () => {
  const log = ['start all VLans', 'run the VM test script'].map((line) => `vm-test-run-a> ${line}`)
  const [report] = readFile([`building '${store('vm-test-run-a-1.2')}'...`, ...log].join('\n'))
  expect(report?.name).toBe('a-1.2')
})

test('nix-build prints the log bare; its announcement tells the name', () => {
  const all = [`building '${store('vm-test-run-c')}'...`, ...lines('2025-c-plain')]
  const [report, ...others] = readFile(Buffer.from(all.join('\n'), 'latin1'))
  expect(others).toEqual([])
  expect(report?.name).toBe('c')
})

describe('internal-json', () => {
  const json = (record: object) => `@nix ${JSON.stringify(record)}`
  const start = (id: number, name: string) =>
    json({ action: 'start', id, level: 3, type: 105, text: '', fields: [store(name), '', 1, 1] })
  const log = (id: number, name: string) =>
    driverLog(name)
      .toString('utf8')
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => json({ action: 'result', id, type: 101, fields: [line] }))

  test('builds are told apart by their activity, with all their bytes', () => {
    const text = mixed([
      [start(1, 'vm-test-run-l'), ...log(1, '2025-l'), json({ action: 'stop', id: 1 })],
      [start(2, 'vm-test-run-c'), ...log(2, '2026-c'), json({ action: 'stop', id: 2 })],
      ['warning: Git tree is dirty', '@nix {broken', '{"not": "nix"}'],
    ])
    const reports = readFile(text)
    const byName = new Map(reports.map((report) => [report.name, report]))
    expect([...byName.keys()].sort()).toEqual(['c', 'l'])
    expect(differences(expectationOf('2026-c'), byName.get('c') as never)).toEqual([])
    expect(differences(expectationOf('2025-l'), byName.get('l') as never)).toEqual([])
  })
})

describe('the error of a failed build', () => {
  const tail = lines('2025-c-plain').slice(-16)
  const error = [
    `error: builder for '${store('vm-test-run-c')}' failed with exit code 1;`,
    `       last ${tail.length} log lines:`,
    ...tail.map((line) => `       > ${line}`),
    `       For full logs, run 'nix log ${store('vm-test-run-c')}'.`,
  ]

  test('repeats lines that were read already', () => {
    const streamed = lines('2025-c-plain').map((line) => `vm-test-run-c> ${line}`)
    const reports = readFile(Buffer.from([...streamed, ...error].join('\n'), 'latin1'))
    expect(reports).toHaveLength(1)
    expect(differences(expectationOf('2025-c-plain'), reports[0] as never)).toEqual([])
  })

  test('is all there is without -L', () => {
    const [report] = readFile(Buffer.from(error.join('\n'), 'latin1'))
    expect(report).toMatchObject({ name: 'c', outcome: 'failed', failure: { kind: 'succeed' } })
    expect(report?.failure?.message).toMatch(/failed \(exit code 7\)$/)
  })

  test('tells how a log ended that does not say it', () => {
    const begin = lines('2025-c-plain')
      .slice(0, 300)
      .map((line) => `vm-test-run-c> ${line}`)
    const timedOut = `error: building of '${store('vm-test-run-c')}!out' from .drv file timed out after 60 seconds`
    const [report] = readFile(Buffer.from([...begin, timedOut].join('\n'), 'latin1'))
    expect(report).toMatchObject({ outcome: 'timed-out', failure: { kind: 'timeout' } })
  })

  test('names a test that could not even start', () => {
    const line = `error: a 'x86_64-linux' with features {kvm, nixos-test} is required to build '${store('vm-test-run-a')}', but I am a 'x86_64-linux' with features {benchmark}`
    expect(readFile(line)).toMatchObject([{ name: 'a', outcome: 'errored', failure: { kind: 'host' } }])
  })

  test('of a package is no test', () => {
    const text = `hello> make: *** [all] Error 1\nerror: builder for '${store('hello')}' failed with exit code 2;\n       last 1 log lines:\n       > make: *** [all] Error 1\n`
    expect(readFile(text)).toEqual([])
  })
})

test('a test that was built without its log is unknown', () => {
  const reports = readFile(`building '${store('vm-test-run-a')}'...\nbuilding '${store('hello')}'...\n`)
  expect(reports).toMatchObject([{ name: 'a', outcome: 'unknown', execution: 'unknown', failure: null }])
})

test('several runs in one file are several tests', () => {
  const names = ['2025-c', '2023-a-success', '2026-f2-tty', '2025-d-plain']
  const reports = readFile(Buffer.concat(names.map(driverLog)))
  expect(reports).toHaveLength(names.length)
  names.forEach((name, at) => {
    expect(differences(expectationOf(name), reports[at] as never)).toEqual([])
  })
})
