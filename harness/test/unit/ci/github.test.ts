import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderGithub } from '../../../ci/github.ts'
import type { PipelineJob } from '../../../ci/jobs.ts'
import type { WorkflowOptions } from '../../../ci/pipeline.ts'
import { matchesAny } from '../../../plan/select.ts'
import { complaintsOn } from '../../helpers/action-lint.ts'
import { evaluated, matrixValues, stepNamed, type Workflow } from '../../helpers/workflow.ts'

const options: WorkflowOptions = {
  program: 'node_modules/.bin/vmproof',
  runOptions: [],
  image: null,
  before: null,
  install: ['npm ci'],
  accel: 'auto',
  hasLabels: false,
  out: 'reports',
  folder: '',
  keepsHistory: false,
  tags: [],
}

const job = (name: string, facts: Partial<PipelineJob> = {}): PipelineJob => ({
  name,
  checks: [name],
  kinds: ['vm'],
  profile: null,
  accelerator: 'tcg',
  needs: { kvm: false, nix: false, aarch64: false, largeMemory: false },
  runnerTags: [],
  timeoutSeconds: 600,
  expectedSeconds: null,
  group: null,
  shard: null,
  after: [],
  nightly: false,
  ...facts,
})

const none = { kvm: false, nix: false, aarch64: false, largeMemory: false }

const workflowOf = (jobs: PipelineJob[], facts: Partial<WorkflowOptions> = {}) => {
  const { text, remarks } = renderGithub(jobs, { ...options, ...facts })
  return { text, remarks, ...(parse(text) as Workflow) }
}

const entriesOf = (workflow: Workflow, id = 'vm') => workflow.jobs[id]?.strategy?.matrix.include ?? []

describe('a workflow that the linter has nothing to say of', () => {
  const several = [job('a'), job('b', { needs: { ...none, nix: true, kvm: true }, kinds: ['nixos'] })]
  test.each<[string, PipelineJob[], Partial<WorkflowOptions>]>([
    ['one job', [job('a')], {}],
    ['several', several, {}],
    ['with a nightly sweep', [...several, job('sweep x', { nightly: true })], {}],
    ['in layers', [job('a'), job('b', { after: ['a'] }), job('c', { after: ['b'] })], {}],
    ['in containers', several, { image: 'node:22-bookworm' }],
    [
      'on runners of one’s own',
      [job('a', { runnerTags: ['self-hosted', 'kvm'] }), job('b')],
      { hasLabels: true },
    ],
    ['with lines before', several, { before: ['echo "it\'s"', 'make'] }],
    ['with its history', several, { keepsHistory: true, folder: 'a b' }],
    ['256 jobs', Array.from({ length: 256 }, (_, at) => job(`check ${at}`)), {}],
    [
      'hostile names',
      hostile().map((name) => job('check', { name: `n ${hostile().indexOf(name)}`, checks: [name] })),
      {},
    ],
  ])('%s', async (_, jobs, facts) => {
    expect(await complaintsOn(workflowOf(jobs, facts).text)).toEqual([])
  })

  test('it would have something to say', async () => {
    const { text } = workflowOf(several)
    expect(await complaintsOn(text.replace('matrix.artifact', 'matrix.artefact'))).not.toEqual([])
    expect(await complaintsOn(text.replace('runs-on', 'run-on'))).not.toEqual([])
    expect(await complaintsOn(text.replace('ubuntu-24.04', 'ubuntu-2404'))).not.toEqual([])
  })
})

function hostile(): string[] {
  const dollar = '$'
  return [
    `a${dollar}{{ secrets.TOKEN }}b`,
    `${dollar}${dollar}{{ github.token }}`,
    `${dollar}{{ '${dollar}' }}{{ x }}`,
    `${dollar}{{`,
    '}}',
    `"; rm -rf nowhere; ${dollar}(id) \`id\` #`,
    "it's",
    '-n',
    '*',
    ' blanks ',
    'tab\there',
    '\u2028\u0085\ufeff',
    '::error::owned',
    '!!binary x',
    '😀'.repeat(60),
  ]
}

describe('names that others gave', () => {
  test.each(hostile())('%j is the same when GitHub is done with it', (name) => {
    const workflow = workflowOf([job('check', { checks: [name] })])
    const [entry] = entriesOf(workflow)
    const words = evaluated(entry?.arguments ?? '').split('\n')
    expect(words.at(-1)).toBe(name)
  })

  test('none is part of a script or of an expression', () => {
    const workflow = workflowOf(hostile().map((name, at) => job(`job ${at}`, { checks: [name] })))
    for (const { steps } of Object.values(workflow.jobs)) {
      for (const { run = '', env = {} } of steps) {
        expect(run).not.toMatch(/\$\{\{/)
        const { EXPECTED_1: expected, ...others } = env
        for (const value of Object.values(others))
          expect(value).toMatch(/^(\$\{\{ matrix\.\w+ \}\}|reports)$/)
        if (expected !== undefined) expect(evaluated(expected).split('\n')).toEqual(hostile())
      }
    }
    expect(workflow.jobs.report?.steps.some(({ env }) => env?.EXPECTED_1 !== undefined)).toBe(true)
    for (const entry of entriesOf(workflow)) expect(() => matrixValues(entry)).not.toThrow()
  })

  test('a name with a line break gets no job, and that is said; the others of its job stay', () => {
    const { remarks, ...workflow } = workflowOf([
      job('shard', { checks: ['a', 'b\nrm'] }),
      job('c', { checks: ['x\ny'] }),
    ])
    expect(entriesOf(workflow).map((entry) => entry.arguments.split('\n').at(-1))).toEqual(['a'])
    expect(remarks).toEqual([
      '"b\\nrm": in no job, because of the line break in its name',
      '"x\\ny": in no job, because of the line break in its name',
    ])
  })
})

describe('where jobs run', () => {
  const arm = { ...none, aarch64: true, kvm: true }

  test('hosted machines of the right architecture when the configuration names no runners', () => {
    const workflow = workflowOf([
      job('a', { runnerTags: ['kvm'] }),
      job('b', { needs: arm, runnerTags: ['aarch64'] }),
    ])
    expect(entriesOf(workflow).map(({ runner }) => runner)).toEqual(['ubuntu-24.04', 'ubuntu-24.04-arm'])
    expect(workflow.remarks).toEqual([expect.stringContaining('b: hosted arm64 runners may have no KVM')])
  })

  test('runners of one’s own where the configuration names them, hosted ones for the rest', () => {
    const jobs = [job('a', { runnerTags: ['self-hosted', 'kvm'] }), job('b')]
    const workflow = workflowOf(jobs, { hasLabels: true })
    expect(entriesOf(workflow).map(({ runner }) => runner)).toEqual([['self-hosted', 'kvm'], 'ubuntu-24.04'])
  })

  test('on a hosted machine vmproof finds out whether KVM works, unless somebody asked for something', () => {
    const accelOf = (jobs: PipelineJob[], facts: Partial<WorkflowOptions> = {}) =>
      entriesOf(workflowOf(jobs, facts)).map((entry) => /--accel\n(\w+)/.exec(entry.arguments)?.[1] ?? null)
    expect(accelOf([job('a')])).toEqual([null])
    expect(accelOf([job('a')], { accel: 'tcg' })).toEqual(['tcg'])
    expect(accelOf([job('a', { accelerator: 'kvm' })])).toEqual(['kvm'])
    expect(accelOf([job('a', { runnerTags: ['x'] })], { hasLabels: true })).toEqual(['tcg'])
  })

  test('no job is given more time than its runner gives, and that is said', () => {
    const long = job('long', { timeoutSeconds: 50 * 3600 })
    const hosted = workflowOf([long])
    expect(entriesOf(hosted)[0]?.timeout).toBe(360)
    expect(hosted.remarks).toEqual([expect.stringContaining('long: may take 3010 minutes')])
    const own = workflowOf([{ ...long, runnerTags: ['big'] }], { hasLabels: true })
    expect(entriesOf(own)[0]?.timeout).toBe(3010)
    expect(own.remarks).toEqual([])
  })
})

test('the report runs where every job runs', () => {
  const runnerOf = (tags: string[]) => workflowOf([job('a'), job('b')], { tags }).jobs.report?.['runs-on']
  expect(runnerOf([])).toBe('ubuntu-24.04')
  expect(runnerOf(['self-hosted', 'linux'])).toEqual(['self-hosted', 'linux'])
})

test('what is true of many jobs is one remark', () => {
  const jobs = ['a', 'b', 'c'].map((name, at) => job(name, { timeoutSeconds: 30_000 * (at + 1) }))
  expect(workflowOf(jobs).remarks).toEqual([
    expect.stringMatching(/^a and 2 more: may take 1510 minutes, a hosted runner gives 360/),
  ])
})

test('a layer is a matrix that waits for the one below', () => {
  const workflow = workflowOf([job('c', { after: ['b'] }), job('a'), job('b', { after: ['a'] }), job('d')])
  expect(Object.keys(workflow.jobs)).toEqual(['vm', 'vm-2', 'vm-3', 'report'])
  expect(['vm', 'vm-2', 'vm-3'].map((id) => entriesOf(workflow, id).map(({ name }) => name))).toEqual([
    ['a', 'd'],
    ['b'],
    ['c'],
  ])
  expect(workflow.jobs['vm-3']?.needs).toEqual(['vm-2'])
  expect(workflow.jobs.report?.needs).toEqual(['vm', 'vm-2', 'vm-3'])
})

test('the sweep runs where a schedule started the workflow, and nothing else does then', () => {
  const workflow = workflowOf([job('a'), job('sweep x', { nightly: true })])
  expect(workflow.on.schedule).toEqual([{ cron: expect.any(String) }])
  expect(workflow.jobs.vm?.if).toContain("!(github.event_name == 'schedule')")
  expect(workflow.jobs.sweep?.if).toContain("github.event_name == 'schedule'")
  expect(workflowOf([job('a')]).on).not.toHaveProperty('schedule')
})

test('a project in a folder of its repository: steps work there, and artifacts are found', () => {
  const { text, jobs } = workflowOf([job('a'), job('b')], { folder: 'tests/the vms' })
  expect(parse(text).defaults.run).toEqual({ shell: 'bash', 'working-directory': 'tests/the vms' })
  const paths = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ with: given }) => given?.path ?? []),
  )
  expect(paths.filter((path) => !path.startsWith('~'))).toEqual([
    expect.stringMatching(/^tests\/the vms\/reports\n!tests\/the vms\/reports\/latest\n/),
    'tests/the vms/reports',
    expect.stringMatching(/^tests\/the vms\/reports\n!tests\/the vms\/reports\/history\/\*\*\n/),
  ])
})

test('no name that GitHub refuses in an artifact is in one', () => {
  const { jobs } = workflowOf([job('a'), job('b')])
  for (const steps of [jobs.vm?.steps, jobs.report?.steps]) {
    const { with: given } = stepNamed(steps ?? [], 'Reports')
    const [folder = '', ...left] = given?.path?.split('\n') ?? []
    const patterns = left.map((pattern) => pattern.slice(1))
    const isKept = (file: string) => matchesAny(file, [`${folder}/**`]) && !matchesAny(file, patterns)
    expect(isKept('reports/run/a/attempt-1/output/08-00.log')).toBe(true)
    expect(isKept('reports/run/events.ndjson')).toBe(true)
    for (const name of ['08:00.log', 'a"b', 'a|b', 'a<b>', 'what?', 'a*b', 'a:b/c/d.log']) {
      expect(isKept(`reports/run/a/attempt-1/output/${name}`), name).toBe(false)
    }
  }
})

test('the history goes from workflow to workflow; of many jobs the last one alone keeps it', () => {
  const usesOf = (jobs: PipelineJob[], keepsHistory = true) =>
    Object.entries(workflowOf(jobs, { keepsHistory, folder: 'a b' }).jobs).map(([id, { steps }]) => [
      id,
      steps
        .filter(({ uses = '' }) => /^actions\/cache\/(restore|save)@/.test(uses))
        .map(({ uses, with: given }) => [uses?.split(/[/@]/)[2], given?.path, given?.key?.split('$')[0]]),
    ])
  const restore = ['restore', 'a b/reports/history', 'vmproof-history-a-b-']
  const save = ['save', 'a b/reports/history', 'vmproof-history-a-b-']
  expect(usesOf([job('a'), job('b')])).toEqual([
    ['vm', [restore]],
    ['report', [restore, save]],
  ])
  expect(usesOf([job('a')])).toEqual([['vm', [restore, save]]])
  expect(usesOf([job('a')], false)).toEqual([['vm', []]])
})

test('more jobs than a matrix bears are refused with what to do', () => {
  const jobs = Array.from({ length: 257 }, (_, at) => job(`check ${at}`))
  expect(() => workflowOf(jobs)).toThrow('a matrix of 257 jobs is more than the 256 that GitHub takes')
})

test('artifacts have names of their own, and one job alone needs no report of all', () => {
  const workflow = workflowOf([job('a'), job('b'), job('s', { nightly: true })])
  const names = ['vm', 'sweep'].flatMap((id) => entriesOf(workflow, id).map(({ artifact }) => artifact))
  expect(new Set(names).size).toBe(3)
  const alone = workflowOf([job('a')])
  expect(Object.keys(alone.jobs)).toEqual(['vm'])
  expect(entriesOf(alone)[0]?.artifact).toBe('vmproof')
  expect(alone.text).not.toContain('GITHUB_STEP_SUMMARY')
})

test('it may read the project and nothing else, and keeps no token', () => {
  const workflow = workflowOf([job('a'), job('b')])
  expect(workflow.permissions).toEqual({ contents: 'read' })
  for (const { steps, permissions } of Object.values(workflow.jobs)) {
    expect(permissions).toBeUndefined()
    expect(steps[0]?.with).toEqual({ 'persist-credentials': false })
  }
})
