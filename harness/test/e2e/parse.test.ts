import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { XMLValidator } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import type { CheckReport } from '../../model/report.ts'
import { driverLog, driverLogFolder, expectationOf } from '../helpers/driver-logs.ts'
import { differences } from '../helpers/expectation.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { vmproof } from '../helpers/vmproof.ts'

const bin = join(projectRoot, 'harness/bin.mjs')
const log = (name: string) => join(driverLogFolder, `${name}.log`)

async function parseJson(...args: string[]) {
  const { code, stdout, stderr } = await vmproof(['parse', '--format', 'json', ...args], projectRoot)
  const { schema, checks } = JSON.parse(stdout) as { schema: number; checks: CheckReport[] }
  expect(schema).toBe(1)
  return { code, stderr, checks }
}

test('JSON holds a report per file, in their order', async () => {
  const names = ['2026-a', '2025-c', '2023-h-kernel-panic-tty']
  const { code, stderr, checks } = await parseJson(...names.map(log))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(checks.map(({ source }) => source)).toEqual(names.map(log))
  names.forEach((name, at) => {
    expect(differences(expectationOf(name), checks[at] as CheckReport)).toEqual([])
  })
})

test('a tree for people is the default, without colours in a pipe', async () => {
  const { code, stdout } = await vmproof(['parse', log('2025-c')], projectRoot)
  expect(code).toBe(0)
  expect(stdout).toContain('will fail')
  expect(stdout).toContain('failed (exit code 7)')
  expect(stdout).not.toContain('\u001b')
})

test('JUnit is well-formed', async () => {
  const { code, stdout } = await vmproof(
    ['parse', '--format', 'junit', log('2025-l'), log('2025-c')],
    projectRoot,
  )
  expect(code).toBe(0)
  expect(XMLValidator.validate(stdout)).toBe(true)
  expect(stdout).toContain('<failure')
})

test('- is standard input', () => {
  const { status, stdout } = spawnSync(process.execPath, [bin, 'parse', '--format', 'json', '-'], {
    input: driverLog('2025-c'),
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  const [check] = JSON.parse(stdout).checks
  expect(check.source).toBe('-')
  expect(differences(expectationOf('2025-c'), check)).toEqual([])
})

test.each([
  ['passed', ['2026-a'], 0],
  ['an assertion failed', ['2026-a', '2025-c'], 1],
  ['timed out', ['2026-j'], 1],
  ['QEMU died', ['2026-a', '2023-qemu-killed'], 4],
])('--exit-code: %s', async (_, names, exit) => {
  const { code } = await vmproof(['parse', '--exit-code', ...names.map(log)], projectRoot)
  expect(code).toBe(exit)
})

test.each([
  ['a file that does not exist', 'nowhere.log', 'no such file'],
  ['a folder', 'folder', 'it is a folder'],
  ['a gzip file', 'packed.log', 'zcat'],
])('%s is one line and exit 2, and the others are reported', async (_, name, words) => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'packed.log'), gzipSync(driverLog('2025-c')))
  const { code, stderr, checks } = await parseJson(log('2026-a'), join(folder, name), log('2025-c'))
  expect(code).toBe(2)
  expect(checks.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain(name)
  expect(stderr).toContain(words)
})

test('a file that opens and cannot be read says so', async () => {
  // Nothing is mapped at its beginning: proc(5). Missing permission would not stop root, who runs tests in CI.
  const { code, stderr } = await vmproof(['parse', '/proc/self/mem'], projectRoot)
  expect(code).toBe(2)
  expect(stderr).toContain('/proc/self/mem: cannot be read')
})

test.each([
  ['an empty file', Buffer.from(''), 'is empty'],
  ['a binary file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2, 3, 255]), 'is no text'],
  ['another text', Buffer.from('hello\nworld\n'), 'holds no line of a NixOS test driver'],
])('%s is unknown', async (_, content, words) => {
  const file = join(scratchFolder(), 'input')
  writeFileSync(file, content)
  const { code, stderr, checks } = await parseJson(file)
  expect(code).toBe(0)
  expect(stderr).toContain(words)
  expect(checks).toMatchObject([{ source: file, name: null, kind: null, outcome: 'unknown', assertions: [] }])
})

test('a reader that has seen enough ends it quietly', async () => {
  const file = join(scratchFolder(), 'many.log')
  const once = readFileSync(log('2025-l'))
  writeFileSync(file, Buffer.concat(Array(60).fill(once)))
  const shell = `${process.execPath} ${bin} parse --format json ${file} | head -c 100`
  const child = spawn('bash', ['-o', 'pipefail', '-c', shell], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.resume()
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('many tests in one file stay within memory', async () => {
  const folder = scratchFolder()
  cpSync(driverLogFolder, join(folder, 'logs'), { recursive: true })
  const file = join(folder, 'all.log')
  const round = Buffer.concat(['2026-a', '2025-c', '2023-k-interleave'].map(driverLog))
  writeFileSync(file, Buffer.concat(Array(200).fill(round)))
  const time = spawnSync(
    'bash',
    [
      '-c',
      `${process.execPath} ${bin} parse --format json ${file} > /dev/null & pid=$!; peak=0; while kill -0 $pid 2> /dev/null; do now=$(grep -s VmHWM /proc/$pid/status | tr -dc 0-9); peak=\${now:-$peak}; sleep 0.02; done; wait $pid && echo $peak`,
    ],
    { encoding: 'utf8' },
  )
  expect(Number(time.stdout)).toBeGreaterThan(10_000)
  expect(Number(time.stdout) / 1000).toBeLessThan(200)
})
