import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of the running test, gone when it has finished. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
