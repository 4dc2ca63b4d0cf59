import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Child, startChild } from '../../../process/child.ts'
import { smallNode } from '../../helpers/drive.ts'
import { readFile } from '../../helpers/driver-logs.ts'
import { makeGuest } from '../../helpers/guest.ts'

/** Boot included. */
const globalTimeoutSeconds = 20

/** The driver as a program of its own, bundled as suites/self does it. */
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vmproof-driver-'))
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      name: 't',
      topology: 'simple',
      timeoutFactor: 1,
      snapshots: null,
      globalTimeoutSeconds,
      nodes: [smallNode(makeGuest(join(folder, 'guest')), { vlans: [1] })],
    }),
  )
  const banner = {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  }
  const format = { bundle: true, platform: 'node', target: 'node20', format: 'esm', banner } as const
  await build({ ...format, entryPoints: ['harness/vm/main.ts'], outfile: join(folder, 'main.mjs') })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** @param script body of the test script, in JavaScript */
function startDriver(script: string): { child: Child; state: string } {
  const state = mkdtempSync(join(folder, 's-'))
  const file = join(state, 'script.mjs')
  writeFileSync(file, `export default async ({ machine, outputFolder }) => { ${script} }\n`)
  const options = ['--config', join(folder, 'config.json'), '--script', file, '--source', file]
  const child = startChild(
    process.execPath,
    [join(folder, 'main.mjs'), ...options, '-o', join(state, 'out')],
    {
      env: { TMPDIR: state },
    },
  )
  child.stdout.resume()
  return { child, state }
}

async function logUntil(child: Child, pattern: RegExp): Promise<RegExpExecArray> {
  let log = ''
  for (;;) {
    const match = pattern.exec(log)
    if (match) return match
    const [bytes] = (await once(child.stderr, 'data')) as [Buffer]
    log += bytes.toString()
  }
}

/** Zombies count as gone: their parent may be slow to bury them. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 250; tries++) {
    try {
      if (/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return true
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'no QEMU outlives a driver that %s ended',
  async (signal) => {
    const { child } = startDriver("await machine.start(); await machine.succeed('sleep 60')")
    const [, pid] = await logUntil(child, /QEMU running \(pid (\d+)\)/)
    process.kill(child.pid ?? 0, signal)
    child.stderr.resume()
    await child.exited
    expect(await isGone(Number(pid))).toBe(true)
  },
)

test.each([
  ['in a timer', "setTimeout(() => { throw new TypeError('stray') }, 50); await machine.succeed('sleep 60')"],
  [
    'by a step that nobody awaits',
    "await machine.start(); machine.succeed('exit 3'); await machine.waitForConsoleText(/never/)",
  ],
  ['by a promise of its own', "Promise.reject(new Error('stray')); await machine.waitForFile('/never')"],
])('what a script throws %s ends it, and is cleaned up after', async (_, script) => {
  const { child } = startDriver(script)
  child.stdout.resume()
  const log: Buffer[] = []
  child.stderr.on('data', (bytes: Buffer) => log.push(bytes))
  expect(await child.exited).toMatchObject({ code: 1, signal: null })
  const [report] = readFile(Buffer.concat(log))
  const isStep = script.includes('exit 3')
  expect(report?.outcome).toBe('failed')
  expect(report?.failure).toMatchObject(
    isStep ? { kind: 'succeed', assertion: 0, node: 'machine' } : { kind: 'python', message: 'stray' },
  )
  expect(report?.failure?.traceback.at(-1)).toContain('File "<string>", line 1')
  expect(Buffer.concat(log).toString()).toContain('(finished: cleanup')
})

test('what the script writes into its folder stays, and nothing else does', async () => {
  const script = `await (await import('node:fs/promises')).writeFile(outputFolder + '/a', 'b')`
  const { child, state } = startDriver(script)
  child.stderr.resume()
  expect(await child.exited).toMatchObject({ code: 0 })
  expect(readdirSync(state).sort()).toEqual(['out', 'script.mjs'])
  expect(readFileSync(join(state, 'out/a'), 'utf8')).toBe('b')
})

test('a script that throws gives 1, the global timeout a death by SIGTERM', async () => {
  const thrown = startDriver("throw new Error('no')").child
  thrown.stderr.resume()
  expect(await thrown.exited).toMatchObject({ code: 1, signal: null })
  const hanging = startDriver('await new Promise(() => {})').child
  hanging.stderr.resume()
  expect(await hanging.exited).toMatchObject({ code: null, signal: 'SIGTERM' })
})
