import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../../model/report.ts'
import { nixProject } from '../../helpers/nix-project.ts'
import { vmproof } from '../../helpers/vmproof.ts'

// What a driver says when its script passes: lines of its real logs.
const passes = [
  'start all VLans',
  'run the VM test script',
  'machine: must succeed: true',
  '(finished: must succeed: true, in 0.01 seconds)',
  '(finished: run the VM test script, in 0.02 seconds)',
  'test script finished in 0.02s',
  'cleanup',
  '(finished: cleanup, in 0.00 seconds)',
]
const pass = passes.map((line) => `echo '${line}'`).join('; ')

const idsIn = (folder: string, run: string) =>
  (JSON.parse(readFileSync(join(folder, 'reports', run, 'run.json'), 'utf8')) as RunReport).checks.map(
    ({ name }) => name,
  )

test('shards that run one after the other in one place run each check once; a lost one is missed', async () => {
  // The later ones of the list take longer than what is not known, so that each part would be cut anew.
  const folder = nixProject({ a: pass, b: pass, c: `sleep 0.4; ${pass}`, d: `sleep 0.8; ${pass}`, e: pass })
  for (const shard of ['1/3', '2/3', '3/3'])
    expect((await vmproof(['run', '--shard', shard], folder)).code).toBe(0)
  const runs = readdirSync(join(folder, 'reports'))
    .filter((name) => name.includes('Z-'))
    .sort()
  expect(runs).toHaveLength(3)
  expect(runs.flatMap((run) => idsIn(folder, run)).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])

  const whole = await vmproof(['report', ...runs, '--exit-code'], folder)
  expect(whole, whole.stderr).toMatchObject({ code: 0 })
  expect(whole.stdout + whole.stderr).toContain('5 checks: 5 passed')

  const [first = '', , last = ''] = runs
  const part = await vmproof(['report', first, last, '--exit-code'], folder)
  expect(part.code).toBe(5)
  expect(part.stdout + part.stderr).toContain('shard 2/3 is not among the merged runs')
})
