import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { commandsIn } from '../helpers/github-runner.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'
import { matrixValues, runStep, stepNamed, type Workflow, type WorkflowStep } from '../helpers/workflow.ts'

const program = join(projectRoot, 'harness/bin.mjs')

/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

const node = `nodes: { machine: { memory: '128M', vlans: [] } }`

// What it prints would be commands to GitHub's runner.
const orders =
  '::error::owned\\\\n##[add-mask]root\\\\n  ::set-output name=outcome::passed\\\\nx\\\\r::warning::owned\\\\n'

const suites = {
  'good.ts': suite('good', node, `await context.machine.succeed("printf '${orders}' | tee /dev/console")`),
  'bad.ts': suite(
    'bad',
    node,
    `await context.machine.succeed('true')
    await context.machine.succeed("printf '${orders}' | tee /dev/console; exit 3")`,
  ),
}

/** What GitHub gives to a step. */
function github(folder: string) {
  const files = { summary: join(folder, 'summary.md'), output: join(folder, 'output') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  return {
    env: {
      ...userCache,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_OUTPUT: files.output,
      FORCE_COLOR: '',
      NO_COLOR: '',
    },
    summary: () => readFileSync(files.summary, 'utf8'),
    outputs: () =>
      Object.fromEntries(
        readFileSync(files.output, 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split('=')),
      ),
  }
}

test('the action runs real VMs: groups, annotations, summary and outputs, whatever the guests print', () => {
  const folder = suiteProject(suites)
  const { env, summary, outputs } = github(folder)
  const { steps } = (
    parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as { runs: { steps: WorkflowStep[] } }
  ).runs
  const values = {
    'steps.program.outputs.program': program,
    'inputs.command': 'run',
    'inputs.args': '--jobs 2',
    'inputs.checks': 'good\nbad\n',
    'inputs.out': 'reports',
  }
  const { stdout, stderr, status } = runStep(stepNamed(steps, 'Checks'), { cwd: folder, env, values })
  expect(status, stderr).toBe(1)
  const commands = commandsIn(stdout)
  expect(commandsIn(stderr)).toEqual([])
  expect(commands.map(({ name }) => name).sort()).toEqual(['endgroup', 'endgroup', 'error', 'group', 'group'])
  const error = commands.find(({ name }) => name === 'error')
  expect(error?.properties).toMatchObject({ title: 'bad failed', file: 'suites/vm/bad.ts' })
  const source = readFileSync(join(folder, 'suites/vm/bad.ts'), 'utf8').split('\n')
  expect(source[Number(error?.properties.line) - 1]).toContain('exit 3')
  expect(error?.data).toContain('##[add-mask]root')
  // The log of a job shows colours.
  expect(stdout).toMatch(/\x1b\[\d+m/)
  expect(summary()).toMatch(/^## ❌ 2 checks: 1 failed, 1 passed\n/)
  expect(summary()).toContain('### ✗ ` bad ` failed')
  expect(outputs()).toMatchObject({
    outcome: 'failed',
    'exit-code': '1',
    checks: '2',
    passed: '1',
    failed: '1',
  })
  expect(existsSync(join(folder, outputs().folder, 'junit.xml'))).toBe(true)
})

test('a generated workflow runs, job by job, and its last job makes one report of all', async () => {
  const folder = suiteProject(suites)
  const args = ['ci', 'github', '--no-sweep', '--program', program]
  const { stdout: text, stderr, code } = await vmproof(args, folder, userCache)
  expect(code, stderr).toBe(0)
  const { vm, report } = (parse(text) as Workflow).jobs
  const artifacts = join(folder, 'artifacts')
  const statuses = (vm?.strategy?.matrix.include ?? []).map((entry) => {
    const { env, summary } = github(folder)
    const ended = runStep(stepNamed(vm?.steps ?? [], 'Checks'), {
      cwd: folder,
      env,
      values: matrixValues(entry),
    })
    expect(summary()).toBe('')
    for (const run of readdirSync(join(folder, 'reports')).filter((name) => /^\d/.test(name))) {
      cpSync(join(folder, 'reports', run), join(artifacts, 'reports', run), { recursive: true })
    }
    return [entry.name, ended.status]
  })
  expect(statuses).toEqual([
    ['check bad', 1],
    ['check good', 0],
  ])
  // Another machine, with nothing but the checkout and the artifacts.
  mkdirSync(join(artifacts, 'suites'), { recursive: true })
  const { env, summary, outputs } = github(artifacts)
  const merged = runStep(stepNamed(report?.steps ?? [], 'One report of all'), { cwd: artifacts, env })
  expect(merged.status, merged.stderr).toBe(1)
  expect(commandsIn(merged.stdout)).toEqual([])
  expect(summary().match(/^## /gm)).toHaveLength(1)
  expect(summary()).toMatch(/^## ❌ 2 checks: 1 failed, 1 passed\n/)
  expect(outputs()).toMatchObject({ outcome: 'failed', checks: '2' })
  const junit = readFileSync(join(artifacts, 'reports/merged/junit.xml'), 'utf8')
  const parser = new XMLParser({ ignoreAttributes: false })
  expect(parser.parse(junit).testsuites['@_failures']).toBe('1')
  expect(existsSync(join(artifacts, 'reports/merged/index.html'))).toBe(true)
})
