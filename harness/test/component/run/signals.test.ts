import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunReport } from '../../../model/report.ts'
import { nixProject } from '../../helpers/nix-project.ts'
import { childrenOf, processesWith, until } from '../../helpers/processes.ts'
import { startVmproof, vmproof } from '../../helpers/vmproof.ts'

let next = 0

/** Two real builds that hang; `mark` is in the command line of everything that they start. */
function hangingProject() {
  const mark = `9${process.pid}${next++}`
  const hang = `echo 'run the VM test script'; trap : TERM INT HUP; sleep ${mark} & sleep ${mark}`
  return { mark, folder: nixProject({ one: hang, two: hang }) }
}

function readReport(folder: string): RunReport {
  return JSON.parse(readFileSync(join(folder, 'reports/latest/run.json'), 'utf8'))
}

async function start(project: { folder: string; mark: string }) {
  const running = startVmproof(['run', '--jobs', '2'], project.folder)
  await until(() => processesWith(`sleep ${project.mark}`).length >= 4)
  return running
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)('%s ends the run gracefully: reports, exit code %i, nothing left', async (signal, code) => {
  const project = hangingProject()
  const running = await start(project)
  running.child.kill(signal)
  // Package managers forward the signal that the terminal has sent already.
  running.child.kill(signal)
  const ended = await running.ended
  expect(ended).toMatchObject({ code, stderr: '' })
  expect(ended.stdout).toContain('interrupted')
  expect(processesWith(project.mark)).toEqual([])
  const { run, checks } = readReport(project.folder)
  expect(run).toMatchObject({ interrupted: true, exitCode: code })
  expect(checks.map(({ outcome }) => outcome)).toEqual(['interrupted', 'interrupted'])
})

test('the second signal does not wait', async () => {
  const project = hangingProject()
  const running = await start(project)
  // A Nix that does not react makes the graceful way long.
  const stopped = childrenOf(running.pid)
  for (const pid of stopped) process.kill(pid, 'SIGSTOP')
  expect(stopped).toHaveLength(2)
  running.child.kill('SIGINT')
  await running.seen('once more stops at once')
  await sleep(1100)
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130 })
  await until(() => processesWith(project.mark).length === 0)
  const report = await vmproof(['report', '--exit-code'], project.folder)
  expect(report.code).toBe(130)
})

test('a harness that is killed takes its builds with it, and leaves a journal', async () => {
  const project = hangingProject()
  const running = await start(project)
  running.child.kill('SIGKILL')
  await running.ended
  await until(() => processesWith(project.mark).length === 0)
  const report = await vmproof(['report'], project.folder)
  expect(report.stdout).toContain('2 interrupted')
})

test('an interruption while checks are evaluated still leaves a report', async () => {
  const project = nixProject({ slow: 'true' })
  const running = startVmproof(['run'], project)
  await running.seen('evaluating slow')
  running.child.kill('SIGINT')
  const { code } = await running.ended
  expect(code).toBe(130)
  expect(readReport(project).run.interrupted).toBe(true)
})
