import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../model/report.ts'
import { until } from '../helpers/processes.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { startVmproof, vmproof } from '../helpers/vmproof.ts'

test('a run on real VMs that is killed in the middle goes on to one complete report', async () => {
  const out = scratchFolder()
  const env = { XDG_CACHE_HOME: scratchFolder() }
  const checks = ['boots', 'pair', 'tcp-transfer']
  const running = startVmproof(['run', ...checks, '--jobs', '1', '--verbose', '--out', out], projectRoot, env)
  // The first has passed, the second is on its VMs.
  await running.seen('PASSED')
  await until(() => /PASSED[\s\S]*✓/.test(running.said()))
  running.child.kill('SIGKILL')
  await running.ended
  const resumed = await vmproof(['run', '--resume', 'latest', '--out', out], projectRoot, env)
  expect(resumed.code).toBe(0)
  const { run, checks: reports } = JSON.parse(readFileSync(join(out, 'latest/run.json'), 'utf8')) as RunReport
  expect(reports.map(({ name, outcome, execution }) => [name, outcome, execution])).toEqual(
    checks.map((name) => [name, 'passed', 'executed']),
  )
  expect(reports.map(({ attempts }) => attempts).toSorted()).toEqual([1, 1, 2])
  expect(run).toMatchObject({ interrupted: false, exitCode: 0, resumptions: [{}] })
  const cutOff = reports.find(({ attempts }) => attempts === 2)
  expect(cutOff?.earlier).toMatchObject([{ attempt: 1, outcome: 'interrupted' }])
  expect(readdirSync(join(out, 'latest', cutOff?.name ?? '')).toSorted()).toEqual(['attempt-1', 'attempt-2'])
  const rebuilt = await vmproof(['report', '--out', out, '--format', 'json'], projectRoot, env)
  expect(JSON.parse(rebuilt.stdout)).toEqual({ schema: 1, run, checks: reports })
})
