import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { RunReport } from '../../model/report.ts'
import { projectRoot } from '../helpers/project-root.ts'

/** A folder of runs for all tests of a file. */
export function runsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-browser-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes the reports of a run with the real command. @param run its folder @returns path of its page */
export function writeReports(run: string): string {
  report(run)
  return join(run, 'index.html')
}

/** Makes one run of several. @param runs their folders, beside each other @returns path of the page */
export function mergeReports(runs: string[]): string {
  // report  DIR/index.html (also junit.xml, run.json)
  const [, file] = /^report +(\S+index\.html)/m.exec(report(...runs)) ?? []
  return file ?? ''
}

/** @returns what it says */
function report(...runs: string[]): string {
  const args = [
    'harness/bin.mjs',
    'report',
    ...runs,
    '--out',
    dirname(runs[0] ?? ''),
    '--report',
    'html,json',
  ]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' })
  if (status !== 0 || stderr.includes('cannot'))
    throw new Error(`vmproof report exited with ${status}: ${stderr}`)
  return stdout + stderr
}

/** What run.json beside a page says. */
export function readRunJson(page: string): RunReport {
  return JSON.parse(readFileSync(join(dirname(page), 'run.json'), 'utf8')) as RunReport
}
