import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testScript } from '../../../harness/vm/script/test-script.ts'

/**
 * The memory of this check lies outside the store and is a file: absent before an attempt that fails, present
 * before one that passes. So attempts alternate, and each run with one retry sees a failure, then a pass.
 * Remove the folder to begin with a failure again.
 */
const folder = '/var/tmp/vmproof-self'
const failedBefore = join(folder, 'flaky-failed-before')

export default testScript<'machine'>(async ({ machine, subtest }) => {
  // Nix may run each attempt as another of its build users.
  if (!existsSync(folder)) {
    mkdirSync(folder)
    chmodSync(folder, 0o777)
  }
  const passes = existsSync(failedBefore)
  if (passes) rmSync(failedBefore)
  else writeFileSync(failedBefore, '')
  await subtest('works every other time', async () => {
    await machine.succeed(passes ? 'true' : 'false')
  })
})
