import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestScreen } from '../../unit/terminal/screen.ts'

/*
 * A process that shows a running check and then ends without closing the view. What it wrote goes into a
 * terminal, which must be usable afterwards.
 */
const source = (end: string) => `
  import { createLiveView } from './harness/terminal/live.ts'
  const view = createLiveView({
    stream: process.stdout, columns: () => 80, rows: () => 24, now: () => 0, color: false, interval: 10,
  })
  view.event({ type: 'attemptStarted', at: new Date(0).toISOString(), instance: 'k3s', attempt: 1, folder: '' })
  setTimeout(() => { ${end} }, 100)
  setTimeout(() => {}, 60_000)
`
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmproof-live-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['an exit', 'process.exit(3)', 3],
  ['an exception', 'throw new Error("boom")', 1],
  ['a rejection', 'Promise.reject(new Error("boom"))', 1],
])('%s gives the terminal back', async (name, end, code) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`)
  const stdin = { contents: source(end), resolveDir: process.cwd(), loader: 'ts' as const }
  await build({
    stdin,
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: file,
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  })
  const { status, stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 })
  expect(status).toBe(code)
  expect(stdout).toContain('k3s  starting')
  expect(stdout.endsWith('\x1b[?7h\x1b[?25h')).toBe(true)
  const screen = new TestScreen(80, 24)
  screen.write(stdout)
  expect(await screen.text()).toEqual([])
})
