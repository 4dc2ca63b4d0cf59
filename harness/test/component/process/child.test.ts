import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startChild } from '../../../process/child.ts'
import { processesWith, until } from '../../helpers/processes.ts'

const shell = (script: string, options = {}) => startChild('/bin/sh', ['-c', script], options)

test('output and exit code of a program arrive complete', async () => {
  const child = shell('echo to people >&2; i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; exit 3')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(stdout.split('\n')).toHaveLength(20_001)
  expect(stderr).toBe('to people\n')
  expect(await child.exited).toEqual({ code: 3, signal: null, startError: null })
})

test('a report comes apart from both outputs', async () => {
  const child = shell('echo out; echo err >&2; echo told >&3', { hasReport: true })
  const said = [child.stdout, child.stderr, child.report].map((stream) => text(stream))
  expect(await Promise.all(said)).toEqual(['out\n', 'err\n', 'told\n'])
})

test('variables are added to the environment and removed from it', async () => {
  process.env.VMPROOF_OLD = 'old'
  const child = shell('echo "$VMPROOF_NEW$VMPROOF_OLD$HOME"', {
    env: { VMPROOF_NEW: 'new', VMPROOF_OLD: undefined },
  })
  child.stderr.resume()
  expect(await text(child.stdout)).toBe(`new${process.env.HOME}\n`)
  delete process.env.VMPROOF_OLD
})

test.each([
  ['an argument that no program can be given', '/bin/echo', ['a\0b']],
  ['more arguments than the kernel takes', '/bin/echo', ['x'.repeat(4_000_000)]],
])('%s is told, and nothing is thrown', async (_, program, args) => {
  const child = startChild(program, args)
  expect([await text(child.stdout), await text(child.stderr)]).toEqual(['', ''])
  expect((await child.exited).startError).toMatch(/\S/)
  expect(child.pid).toBeUndefined()
  expect(await child.stop()).toEqual(await child.exited)
})

test('a folder that is not there is told', async () => {
  const child = shell('true', { cwd: '/nowhere/at/all' })
  child.stdout.resume()
  child.stderr.resume()
  expect((await child.exited).startError).toContain('ENOENT')
})

test('what does not listen to SIGTERM is killed with its descendants after the grace', async () => {
  const mark = `299.${process.pid}`
  const child = shell(`trap '' TERM; setsid sleep ${mark} & echo deaf; wait; wait`, { graceSeconds: 0.2 })
  child.stderr.resume()
  await once(child.stdout, 'data')
  expect(await child.stop()).toMatchObject({ code: null, signal: 'SIGKILL' })
  await until(() => processesWith(`sleep ${mark}`).length === 0)
})

test('what a program leaves behind in its group ends with it', async () => {
  const mark = `298.${process.pid}`
  const child = shell(`sleep ${mark} & exit 0`)
  child.stdout.resume()
  child.stderr.resume()
  expect(await child.exited).toEqual({ code: 0, signal: null, startError: null })
  await until(() => processesWith(`sleep ${mark}`).length === 0)
})
