import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../model/report.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { vmproof } from '../helpers/vmproof.ts'
import { complaints, parseXml, type XmlElement } from '../unit/reporters/junit-validator.ts'

const checks = ['smoke', 'two-nodes']

/** Files that a run writes and that come out the same from its journal; a new kind of report belongs here. */
const rebuilt = ['junit.xml', 'run.json']

const granularities = ['assertion', 'subtest', 'check']

interface FinishedRun {
  folder: string
  report: RunReport
}

const readReport = (folder: string) => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunReport

/** A folder of runs that nobody else uses. */
function runsIn(out: string, env: Record<string, string>) {
  const call = (...args: string[]) => vmproof([...args, '--out', out], projectRoot, env)
  const run = async (...args: string[]): Promise<FinishedRun> => {
    const ended = await call('run', ...checks, ...args)
    expect(ended).toMatchObject({ code: 0 })
    const [id = ''] = readdirSync(out).filter((name) => /^\d/.test(name))
    return { folder: join(out, id), report: readReport(join(out, id)) }
  }
  return { call, run }
}

/** What a case is called, and how it went; times are of the run. */
function casesOf(xml: string): string[] {
  const root = parseXml(xml)
  expect(complaints(root)).toEqual([])
  const told = ({ attributes, children }: XmlElement) =>
    [attributes.classname, attributes.name, ...children.map(({ name }) => name)].join(' | ')
  return root.children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase').map(told))
}

function inItsRun({ folder, run: _, ...check }: CheckReport) {
  return { ...check, folder: folder?.replace(/^.*\/(?=[^/]+\/attempt-\d+$)/, '') }
}

const named = (reports: CheckReport[]) =>
  Object.fromEntries(reports.map((check) => [check.name, inItsRun(check)]))

test('two shards on real VMs, merged, are one run; each report of it comes out the same from the journals', async () => {
  const env = { XDG_CACHE_HOME: scratchFolder() }
  const shards: FinishedRun[] = []
  for (const shard of ['1/2', '2/2']) shards.push(await runsIn(scratchFolder(), env).run('--shard', shard))
  // Each check once.
  expect(shards.map(({ report }) => report.checks.length)).toEqual([1, 1])
  const parts = shards.flatMap(({ report }) => report.checks)
  expect(parts.map(({ name }) => name).toSorted()).toEqual(checks)

  const out = scratchFolder()
  const { call } = runsIn(out, env)
  const folders = shards.map(({ folder }) => folder)
  for (const folder of folders) {
    const live = rebuilt.map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(await call('report', folder)).toMatchObject({ code: 0, stderr: '' })
    expect(rebuilt.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(live)
  }

  expect(await call('report', ...folders)).toMatchObject({ code: 0, stderr: '' })
  const [id = ''] = readdirSync(out)
  const merged = readReport(join(out, id))
  expect(merged.run).toMatchObject({ exitCode: 0, mergedFrom: shards.map(({ report }) => report.run.id) })
  expect(named(merged.checks)).toEqual(named(parts))
  for (const { folder } of merged.checks)
    expect(readdirSync(join(out, id, folder ?? ''))).toContain('driver.log')

  const whole = await runsIn(scratchFolder(), env).run()
  for (const granularity of granularities) {
    const junitOf = async (...runs: string[]) => {
      const args = ['report', ...runs, '--format', 'junit', '--junit-granularity', granularity]
      return casesOf((await call(...args)).stdout)
    }
    const cases = await junitOf(whole.folder)
    expect(await junitOf(...folders)).toEqual(cases)
    expect(await junitOf(...folders.toReversed())).toEqual(cases)
    if (granularity === 'check')
      expect(cases).toEqual(['vmproof.smoke | smoke', 'vmproof.two-nodes | two-nodes'])
  }
})
