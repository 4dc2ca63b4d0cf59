import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../model/report.ts'
import { commitAll, gitlabIn } from '../helpers/gitlab-ci-local.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'

const program = `${process.execPath} ${join(projectRoot, 'harness/bin.mjs')}`

/** The project as a clone of it would be, with what is not committed yet. */
function clone(): string {
  const folder = scratchFolder()
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const files = execFileSync('git', list, { cwd: projectRoot, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const file of files.filter((one) => existsSync(join(projectRoot, one)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(projectRoot, file), join(folder, file))
  }
  commitAll(folder)
  return folder
}

test("the project's own pipeline: GitLab's schema takes it, and its jobs make the child pipeline for real", async () => {
  const folder = clone()
  const gitlab = gitlabIn(folder)
  const stages = gitlab.list('.gitlab-ci.yml').map(({ name, stage }) => `${stage}/${name}`)
  expect(stages).toEqual(['validate/lint', 'validate/pipeline', 'unit/unit', 'vm/tests', 'vm/vm'])
  const { code, log } = await gitlab.run('.gitlab-ci.yml', ['pipeline'])
  expect(code, log).toBe(0)
  const child = join(gitlab.artifacts('pipeline'), 'vm-pipeline.yml')
  cpSync(child, join(folder, 'vm-pipeline.yml'))
  const names = (variables = {}) => gitlab.list('vm-pipeline.yml', variables).map(({ name }) => name)
  expect(names()).toEqual(expect.arrayContaining(['check smoke', 'check two-nodes', 'report']))
  expect(names().filter((name) => name.startsWith('sweep '))).toEqual([])
  expect(names({ PARENT_PIPELINE_SOURCE: 'schedule' })).toEqual(
    expect.arrayContaining(['sweep baseline', 'sweep edge', 'check smoke', 'report']),
  )
  expect(readFileSync(child, 'utf8')).toMatch(/^ {4}- kvm$/m)
})

test('a generated pipeline: shards on real VMs, one of which fails, and one report of them all', async () => {
  const folder = suiteProject({
    'says-no.ts': suite(
      'says-no',
      "nodes: { machine: { memory: '128M', vlans: [] } }",
      "await (context as any).machine.succeed('echo section_start:1:x; exit 3')",
    ),
  })
  const suites = [join(projectRoot, 'suites/vm'), 'suites/vm']
  writeFileSync(join(folder, 'vmproof.config.json'), JSON.stringify({ suites }))
  const args = ['ci', 'gitlab', 'smoke', 'two-nodes', 'says-no', '--shards', '3', '--no-sweep']
  const { code, stdout, stderr } = await vmproof([...args, '--program', program, '--before', 'true'], folder)
  expect(code, stderr).toBe(0)
  writeFileSync(join(folder, 'child.yml'), stdout)
  writeFileSync(join(folder, '.gitignore'), '.cache\n')
  commitAll(folder)
  const gitlab = gitlabIn(folder)
  const jobs = ['shard 1/3', 'shard 2/3', 'shard 3/3', 'report']
  expect(gitlab.list('child.yml').map(({ name }) => name)).toEqual(jobs)

  const ran = await gitlab.run('child.yml')
  expect(ran.code, ran.log).toBe(1)
  expect(jobs.map((job) => [job, existsSync(join(gitlab.artifacts(job), 'reports'))])).toEqual(
    jobs.map((job) => [job, true]),
  )
  const merged = (name: string) =>
    readFileSync(join(gitlab.artifacts('report'), 'reports/merged', name), 'utf8')
  const { run, checks } = JSON.parse(merged('run.json')) as RunReport
  expect(run).toMatchObject({
    exitCode: 1,
    mergedFrom: [expect.any(String), expect.any(String), expect.any(String)],
  })
  expect(checks.map(({ name, outcome }) => [name, outcome]).toSorted()).toEqual([
    ['says-no', 'failed'],
    ['smoke', 'passed'],
    ['two-nodes', 'passed'],
  ])
  for (const { folder: attempt } of checks) {
    expect(existsSync(join(gitlab.artifacts('report'), 'reports/merged', attempt ?? '', 'driver.log'))).toBe(
      true,
    )
  }
  for (const { name } of checks) {
    expect(merged('junit.xml')).toContain(`<testsuite name="${name}"`)
    expect(merged('index.html')).toContain(name)
  }
  expect(merged('vmproof.env')).toContain('VMPROOF_OUTCOME=failed\nVMPROOF_EXIT_CODE=1\nVMPROOF_CHECKS=3\n')
})
