import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderGithub } from '../../../ci/github.ts'
import { planJobs, planSweep } from '../../../ci/jobs.ts'
import type { WorkflowOptions } from '../../../ci/pipeline.ts'
import { instance, listed } from '../../helpers/checks.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { evaluated, matrixValues, runStep, stepNamed, type Workflow } from '../../helpers/workflow.ts'

const options: WorkflowOptions = {
  program: 'node_modules/.bin/vmproof',
  runOptions: ['--retries', '1'],
  image: null,
  before: null,
  install: [],
  accel: 'auto',
  hasLabels: false,
  out: 'my reports',
  folder: '',
  keepsHistory: false,
  tags: [],
}

const dollar = '$'
const names = [
  'boots',
  "it's",
  '"quoted"',
  ' leading and trailing ',
  `${dollar}HOME ${dollar}{HOME} ${dollar}(touch owned) \`touch owned\``,
  `${dollar}{{ secrets.TOKEN }}`,
  '; touch owned; #',
  '*',
  '~',
  '-n',
  'back\\slash\\',
  'tab\there',
  '\u2028 😀',
]

/** A project in which a program of one's own stands for vmproof. */
function projectWith(program: string): string {
  const folder = scratchFolder()
  const file = join(folder, options.program)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!${process.execPath}\n${program}`)
  chmodSync(file, 0o755)
  return folder
}

function workflowOf(by: 'check' | 'shard'): Workflow {
  const instances = names.map((name) =>
    instance(name, { check: listed(name, { kind: 'vm' }), accelerator: 'tcg' }),
  )
  const jobs = planJobs(instances, { by, shards: 2, groups: [], labels: null, attempts: 1 })
  return parse(renderGithub(jobs, options).text)
}

test.each(['check', 'shard'] as const)(
  'the shell of a job hands every name to vmproof as it is, by %s',
  (by) => {
    const cwd = projectWith('process.stdout.write(JSON.stringify(process.argv.slice(2)))')
    const { vm } = workflowOf(by).jobs
    const seen = (vm?.strategy?.matrix.include ?? []).flatMap((entry) => {
      const { stdout, stderr, status } = runStep(stepNamed(vm?.steps ?? [], 'Checks'), {
        cwd,
        values: matrixValues(entry),
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const words: string[] = JSON.parse(stdout)
      expect(words.slice(0, 7)).toEqual(['run', '--retries', '1', '--kind', 'vm', '--out', 'my reports'])
      const rest = words.slice(7)
      return rest[0] === '--' ? rest.slice(1) : rest
    })
    expect(seen.toSorted()).toEqual(names.toSorted())
    expect(existsSync(join(cwd, 'owned'))).toBe(false)
  },
)

test('a job shows no summary of its own, and exits as vmproof does', () => {
  const cwd = projectWith(
    'process.stdout.write(String(process.env.GITHUB_STEP_SUMMARY)); process.exitCode = 5',
  )
  const { vm } = workflowOf('check').jobs
  const [entry] = vm?.strategy?.matrix.include ?? []
  const values = entry ? matrixValues(entry) : {}
  const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') }
  const { stdout, status } = runStep(stepNamed(vm?.steps ?? [], 'Checks'), { cwd, env, values })
  expect({ stdout, status }).toEqual({ stdout: '/dev/null', status: 5 })
})

test('a cancelled job, whose shell alone gets a signal, interrupts vmproof', async () => {
  const cwd = projectWith(
    "process.on('SIGINT', () => process.exit(130)); setTimeout(() => {}, 60_000); process.stdout.write('up')",
  )
  const { vm } = workflowOf('check').jobs
  const [entry] = vm?.strategy?.matrix.include ?? []
  const file = join(scratchFolder(), 'step.sh')
  const { run = '' } = stepNamed(vm?.steps ?? [], 'Checks')
  writeFileSync(file, run)
  const shell = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file], {
    cwd,
    env: { ...process.env, ARGUMENTS: evaluated(entry?.arguments ?? '') },
  })
  shell.stdout.once('data', () => shell.kill('SIGINT'))
  const code = await new Promise((resolve) => shell.on('exit', resolve))
  expect(code).toBe(130)
})

test('the last job hands every run to vmproof, whatever its folder is called', () => {
  const cwd = projectWith('process.stdout.write(JSON.stringify(process.argv.slice(2)))')
  for (const run of ['20261120T080000000Z-aaaa', '20261120T080000000Z-bb bb']) {
    mkdirSync(join(cwd, options.out, run), { recursive: true })
    writeFileSync(join(cwd, options.out, run, 'events.ndjson'), '')
  }
  const steps = workflowOf('check').jobs.report?.steps ?? []
  const { stdout } = runStep(stepNamed(steps, 'One report of all'), { cwd })
  expect(JSON.parse(stdout)).toEqual([
    ...['report', '--exit-code', '--out', 'my reports', '--to', 'my reports/merged'],
    ...names.toSorted().map((name) => `--expect=${name}`),
    'my reports/20261120T080000000Z-aaaa/events.ndjson',
    'my reports/20261120T080000000Z-bb bb/events.ndjson',
  ])
})

test('it misses thousands of checks, and at night those of the sweep instead', () => {
  const cwd = projectWith('process.stdout.write(JSON.stringify(process.argv.slice(8)))')
  const many = (count: number, profile: string | null) =>
    Array.from({ length: count }, (_, at) => {
      const name = `${'long-name-'.repeat(5)}${at}`
      return instance(name, { check: listed(name, { kind: 'vm' }), profile })
    })
  const division = { by: 'shard', shards: 9, groups: [], labels: null, attempts: 1 } as const
  const jobs = [...planJobs(many(5000, null), division), ...planSweep(many(1, 'lossy'), division)]
  const { report } = (parse(renderGithub(jobs, options).text) as Workflow).jobs
  const expectedBy = (event: string) => {
    const env = { GITHUB_EVENT_NAME: event }
    const { stdout } = runStep(stepNamed(report?.steps ?? [], 'One report of all'), { cwd, env })
    return JSON.parse(stdout).slice(0, -1)
  }
  expect(new Set(expectedBy('push')).size).toBe(5000)
  expect(expectedBy('schedule')).toEqual([`--expect=${'long-name-'.repeat(5)}0@lossy`])
})

test('the rule for KVM is written as it is meant, where there is a device', () => {
  const cwd = scratchFolder()
  const bin = join(cwd, 'bin')
  mkdirSync(bin)
  // sudo would change this machine.
  writeFileSync(join(bin, 'sudo'), '#!/bin/sh\necho "sudo $*" >> log\ncase "$1" in tee) cat > rule ;; esac\n')
  chmodSync(join(bin, 'sudo'), 0o755)
  const step = stepNamed(workflowOf('check').jobs.vm?.steps ?? [], 'KVM for everybody')
  const withDevice = { ...step, run: step.run?.replace('/dev/kvm', cwd) ?? '' }
  const { status, stderr } = runStep(withDevice, { cwd, env: { PATH: `${bin}:${process.env.PATH}` } })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(readFileSync(join(cwd, 'rule'), 'utf8')).toBe(
    'KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"\n',
  )
  expect(readFileSync(join(cwd, 'log'), 'utf8').trim().split('\n')).toEqual([
    'sudo tee /etc/udev/rules.d/99-kvm4all.rules',
    'sudo udevadm control --reload-rules',
    'sudo udevadm trigger --name-match=kvm',
  ])
  const without = { ...step, run: step.run?.replace('/dev/kvm', join(cwd, 'nothing')) ?? '' }
  expect(runStep(without, { cwd, env: { PATH: '/usr/bin:/bin' } }).status).toBe(0)
})
