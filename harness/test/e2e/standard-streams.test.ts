import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nixProject } from '../helpers/nix-project.ts'
import { projectRoot } from '../helpers/project-root.ts'

const bin = join(projectRoot, 'harness/bin.mjs')

test.each([['list'], ['list --json'], ['run --dry-run'], ['run --json']])(
  '%s into a full disk: one clear line, exit code 4',
  (line) => {
    const full = openSync('/dev/full', 'w')
    const folder = nixProject({ a: 'true' })
    const { status, stderr } = spawnSync(process.execPath, [bin, ...line.split(' ')], {
      cwd: folder,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect(stderr).toContain('vmproof: standard output is incomplete: no space left on the device')
    expect(stderr).not.toMatch(/^\s+at /m)
    // The check of `run` shows no driver: 5 says more than 4 would.
    expect(status).toBe(line === 'run --json' ? 5 : 4)
  },
)

test.each([['stdout'], ['stderr']] as const)('whoever closes %s has seen enough', async (stream) => {
  const folder = nixProject({ a: 'true', b: 'true' })
  const child = spawn(process.execPath, [bin, 'list', '--eval', '--json'], { cwd: folder })
  child[stream].destroy()
  const other = stream === 'stdout' ? child.stderr : child.stdout
  let text = ''
  other.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  expect(text).not.toMatch(/^\s+at /m)
  if (stream === 'stderr') expect(JSON.parse(text).checks).toHaveLength(2)
})
