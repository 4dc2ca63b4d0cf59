import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { gitlabLimits, renderGitlab } from '../../../ci/gitlab.ts'
import { type PipelineJob, planJobs } from '../../../ci/jobs.ts'
import type { PipelineOptions } from '../../../ci/pipeline.ts'
import { instance, listed, metadata } from '../../helpers/checks.ts'

type Entry = Record<string, unknown> & {
  script?: string[]
  timeout?: string
  tags?: string[]
  needs?: { job: string; artifacts: boolean }[]
  artifacts?: { when: string; paths: string[]; exclude?: string[]; reports?: Record<string, string> }
}

const options: PipelineOptions = {
  program: 'npx vmproof',
  runOptions: [],
  image: null,
  before: null,
  install: ['npm ci'],
  out: 'reports',
  folder: '',
  keepsHistory: false,
  tags: [],
}

const job = (facts: Partial<PipelineJob> = {}): PipelineJob => ({
  name: 'check a',
  checks: ['a'],
  kinds: ['vm'],
  profile: null,
  accelerator: 'tcg',
  needs: { kvm: false, nix: false, aarch64: false, largeMemory: false },
  runnerTags: [],
  timeoutSeconds: 240,
  expectedSeconds: null,
  group: null,
  shard: null,
  after: [],
  nightly: false,
  ...facts,
})

/** Read as GitLab's parser does, which speaks YAML 1.1. */
function pipelineOf(jobs: PipelineJob[], facts: Partial<PipelineOptions> = {}): Record<string, Entry> {
  return parse(renderGitlab(jobs, { ...options, ...facts }).text, { version: '1.1' })
}

const keywords = ['workflow', 'stages', 'default', 'variables', '.run', '.nightly']
const jobsOf = (pipeline: Record<string, Entry>) =>
  Object.entries(pipeline).filter(([name]) => !keywords.includes(name))

const two = [job(), job({ name: 'check b', checks: ['b'] })]

test('all jobs keep their runs; only the job that merges them uploads JUnit, a stage later', () => {
  const pipeline = pipelineOf(two)
  expect(pipeline.stages).toEqual(['vm', 'report'])
  expect(pipeline['.run']?.artifacts).toMatchObject({ when: 'always', paths: ['reports/'] })
  expect(pipeline['.run']?.artifacts?.reports).toEqual({ annotations: 'reports/latest/gl-annotations.json' })
  expect(pipeline.report).toMatchObject({ stage: 'report', when: 'always' })
  expect(pipeline.report?.needs).toBeUndefined()
  expect(pipeline.report?.script).toEqual([
    'set -- --expect=a --expect=b',
    'npx vmproof report --exit-code --out reports --to reports/merged "$@" reports/*/events.ndjson',
  ])
  expect(pipeline.report?.artifacts?.reports).toEqual({
    junit: 'reports/merged/junit.xml',
    codequality: 'reports/merged/gl-code-quality-report.json',
    annotations: 'reports/merged/gl-annotations.json',
    dotenv: 'reports/merged/vmproof.env',
  })
})

test('a single job needs no other to merge it', () => {
  const pipeline = pipelineOf([job()])
  expect(jobsOf(pipeline).map(([name]) => name)).toEqual(['check a'])
  expect(pipeline['.run']?.artifacts?.reports?.junit).toBe('reports/latest/junit.xml')
})

test('only what broke beside the checks is tried again, and a newer commit takes the place of an old one', () => {
  const { default: common } = pipelineOf(two)
  expect(common).toMatchObject({ interruptible: true, retry: { max: 2, exit_codes: [4] } })
  expect(common?.retry).toMatchObject({ when: expect.not.arrayContaining(['script_failure', 'always']) })
})

test('GitLab waits longer than vmproof', () => {
  const pipeline = pipelineOf([
    job({ timeoutSeconds: 3601 }),
    job({ name: 'n', needs: { ...job().needs, nix: true } }),
  ])
  expect(pipeline['check a']?.timeout).toBe('71 minutes')
  expect(pipeline.n?.timeout).toBe('64 minutes')
  const years = pipelineOf([job({ timeoutSeconds: 1e9 })])['check a']
  expect(years?.timeout).toBe(`${30 * 24 * 60} minutes`)
})

test('runner tags, accelerator and options stand where they belong', () => {
  const kvm = job({
    name: 'k',
    accelerator: 'kvm',
    runnerTags: ['kvm'],
    checks: ['a', '-b'],
    kinds: ['vm', 'nixos'],
  })
  const pipeline = pipelineOf([kvm, job()], { runOptions: ['--flake', '.#x y', '--retries', '1'] })
  expect(pipeline.k?.tags).toEqual(['kvm'])
  expect(pipeline.k?.script).toEqual([
    "npx vmproof run --flake '.#x y' --retries 1 --accel kvm --out reports -- a -b",
  ])
  expect(pipeline['check a']?.tags).toBeUndefined()
  expect(pipeline['check a']?.script?.[0]).toContain(' --kind vm --accel tcg ')
})

test('nightly jobs run where a schedule started this pipeline, or its parent', () => {
  const pipeline = pipelineOf([job(), job({ name: 'sweep edge', profile: 'edge', nightly: true })])
  expect(pipeline['sweep edge']?.extends).toEqual(['.run', '.nightly'])
  expect(pipeline['.nightly']).toEqual({
    stage: 'nightly',
    needs: [],
    rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule" || $PARENT_PIPELINE_SOURCE == "schedule"' }],
    interruptible: false,
  })
  expect(pipeline['sweep edge']?.script?.[0]).toMatch(/ sweep .*--profiles edge /)
  expect(pipelineOf(two)['.nightly']).toBeUndefined()
})

test('the report misses what a lost job had to run, at night also that of nightly ones', () => {
  const sweep = job({ name: 'sweep edge', checks: ['a', 'b@c'], profile: 'edge', nightly: true })
  const { report } = pipelineOf([job({ checks: ["it's", 'x@y'] }), sweep])
  expect(report?.script?.slice(0, 2)).toEqual([
    "set -- '--expect=it'\\''s' --expect=x@y@",
    'if [ "$CI_PIPELINE_SOURCE" = schedule ] || [ "$PARENT_PIPELINE_SOURCE" = schedule ]; then ' +
      'set -- "$@" --expect=a@edge --expect=b@c@edge; fi',
  ])
})

test('the report asks for the runners that every job asks for', () => {
  expect(pipelineOf(two, { tags: ['on-prem'] }).report?.tags).toEqual(['on-prem'])
  expect(pipelineOf(two).report).not.toHaveProperty('tags')
})

test('what was broken in a job does not start the report again', () => {
  expect(pipelineOf(two).report?.retry).not.toHaveProperty('exit_codes')
})

test('nightly jobs too large for the report to know of are told', () => {
  const checks = Array.from({ length: 3000 }, (_, at) => `${'x'.repeat(60)}${at}`)
  const { text, remarks } = renderGitlab(
    [job(), job({ name: 'n', checks, profile: 'e', nightly: true })],
    options,
  )
  expect(text).not.toContain('xxx0@e')
  expect(remarks).toEqual([expect.stringContaining('too many checks for the report')])
})

test('a project in a folder of its repository: jobs work there, and GitLab finds what they leave', () => {
  const pipeline = pipelineOf(two, { folder: 'tests/the vms' })
  expect(pipeline.default?.before_script).toEqual(["cd 'tests/the vms'", 'npm ci'])
  expect(pipeline['check a']?.script?.[0]).toContain(' --out reports ')
  expect(pipeline['.run']?.artifacts).toMatchObject({
    paths: ['tests/the vms/reports/'],
    exclude: expect.arrayContaining(['tests/the vms/reports/latest']),
    reports: { annotations: 'tests/the vms/reports/latest/gl-annotations.json' },
  })
  expect(pipeline.report?.artifacts?.reports?.junit).toBe('tests/the vms/reports/merged/junit.xml')
  expect(() => pipelineOf(two, { folder: 'tests', out: '../../reports' })).toThrow(/not a folder inside/)
  expect(() => pipelineOf(two, { folder: 'tests', out: '/tmp/reports' })).toThrow(/not a folder inside/)
})

test('the history goes from pipeline to pipeline; of many jobs the last one alone writes it', () => {
  const cachesOf = (entry?: Entry) => (entry?.cache ?? []) as object[]
  const history = { key: 'vmproof-history-tests-vm', paths: ['tests/vm/reports/history/'], when: 'always' }
  const facts = { keepsHistory: true, folder: 'tests/vm' }
  const many = pipelineOf(two, facts)
  expect(cachesOf(many.default)[1]).toEqual({ ...history, policy: 'pull' })
  expect(cachesOf(many.report)[1]).toEqual({ ...history, policy: 'pull-push' })
  expect(many.report?.script?.at(-1)).toContain(' --keep-history ')
  expect(many.report?.artifacts?.exclude).toEqual(['tests/vm/reports/history/**/*'])
  expect(cachesOf(pipelineOf([job()], facts).default)[1]).toEqual({ ...history, policy: 'pull-push' })
  expect(cachesOf(pipelineOf(two).default)).toHaveLength(1)
  expect(pipelineOf(two).report?.script?.at(-1)).not.toContain('history')
})

test('each job first gets the packages that vmproof is among, or what it is told', () => {
  const before = (facts: Partial<PipelineOptions>) => pipelineOf(two, facts).default?.before_script
  expect(before({})).toEqual(['npm ci'])
  expect(before({ install: [] })).toBeUndefined()
  expect(before({ before: ['. ./env', 'make'] })).toEqual(['. ./env', 'make'])
})

test('a container is given QEMU first, a machine of somebody is left as it is', () => {
  const script = (facts: Partial<PipelineOptions>) => pipelineOf(two, facts)['check a']?.script
  expect(script({})).toHaveLength(1)
  expect(script({ image: 'node:20' })?.[0]).toBe('npx vmproof setup --yes --kind vm')
  expect(script({ image: 'node:20', before: ['true'] })).toHaveLength(1)
})

test('layers: a job names those that it waits for, as many as GitLab takes', () => {
  const below = Array.from({ length: 51 }, (_, at) => `below ${at}`)
  expect(pipelineOf([job({ after: below.slice(0, 50) }), ...two.slice(1)])['check a']?.needs?.[0]).toEqual({
    job: 'below 0',
    artifacts: false,
  })
  const { text, remarks } = renderGitlab([job({ after: below }), ...two.slice(1)], options)
  expect(parse(text)['check a'].needs).toBeUndefined()
  expect(remarks).toEqual(['check a: does not wait for the 51 jobs of the layers below, GitLab takes 50'])
})

test.each(['/tmp/reports', '../reports', '.', 'a/../../b'])('--out %s can be no artifact', (out) => {
  expect(() => pipelineOf(two, { out })).toThrow(/not a folder inside of the project/)
})

test('1,000 checks with names of hostile length obey the limits', () => {
  const instances = Array.from({ length: 1000 }, (_, at) => {
    const name = `${'long-name-'.repeat(5)}${at}`
    return instance(name, {
      check: listed(name, { kind: 'vm' }),
      metadata: metadata({ derivation: null }),
      accelerator: 'tcg',
    })
  })
  const plan = { by: 'shard', shards: 200, groups: [], labels: null, attempts: 1 } as const
  const { text } = renderGitlab(planJobs(instances, plan), options)
  const jobs = jobsOf(parse(text, { version: '1.1' }))
  expect(jobs).toHaveLength(201)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(gitlabLimits.bytes)
  expect(Math.max(...jobs.map(([name]) => name.length))).toBeLessThanOrEqual(255)
  expect(Math.max(...jobs.map(([, { needs = [] }]) => needs.length))).toBeLessThanOrEqual(gitlabLimits.needs)
})

test('what GitLab could not read is refused', () => {
  const checks = Array.from({ length: 5000 }, (_, at) => `${'x'.repeat(100)}${at}`)
  expect(() => renderGitlab([job({ checks })], options)).toThrow(/more than GitLab's parser is sure to take/)
})

test('texts stay texts in YAML 1.1 and 1.2', () => {
  const odd = [
    'on',
    'no',
    '1,000',
    '1_000',
    '0x10',
    '012',
    '1:30',
    '~',
    'null',
    '<<',
    '=',
    ':symbol',
    '!tag x',
  ]
  const tags = [
    ...odd,
    '2026-11-20',
    '- a',
    '# a',
    'a: b',
    '*a',
    '&a',
    '{a}',
    '[a]',
    '"a',
    "'a",
    ' a ',
    'a\tb',
    '\u2028',
  ]
  const { text } = renderGitlab([job({ runnerTags: tags }), ...two.slice(1)], options)
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(text, { version })['check a'].tags, version).toEqual(tags)
  }
})
