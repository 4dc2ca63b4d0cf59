import { expect, test } from 'vitest'
import { type JobOptions, type PipelineJob, planJobs, planSweep } from '../../../ci/jobs.ts'
import { acceleratorInCi } from '../../../ci/labels.ts'
import type { Group } from '../../../model/config.ts'
import type { Instance } from '../../../model/plan.ts'
import { instance, listed, metadata } from '../../helpers/checks.ts'
import { seededRandom } from '../../helpers/random.ts'

const options: JobOptions = { by: 'check', shards: 4, groups: [], labels: null, attempts: 1 }

/** A check of the built-in driver. */
const vm = (name: string, facts: Partial<Instance> = {}) =>
  instance(name, {
    check: listed(name, { kind: 'vm' }),
    metadata: metadata({ derivation: null }),
    accelerator: 'tcg',
    ...facts,
  })

/** One that Nix builds. */
const nixos = (name: string, facts: Partial<Instance> = {}) =>
  instance(name, { accelerator: 'kvm', ...facts })

const group = (name: string, checks: string[], needs: string[] = []): Group => {
  return { name, checks, needs, max: null, exclusive: false }
}

const brief = (jobs: PipelineJob[]) => jobs.map(({ name, checks, runnerTags }) => [name, checks, runnerTags])

test('a job for each check asks for what the check needs, in the usual words', () => {
  const arm = metadata()
  if (arm.derivation) arm.derivation.system = 'aarch64-linux'
  const jobs = planJobs(
    [
      vm('smoke'),
      vm('smoke-kvm', { accelerator: 'kvm' }),
      nixos('k3s'),
      nixos('k3s-arm', { metadata: arm }),
      nixos('k3s-large', { needs: { memoryMiB: 13_000, cores: 4 } }),
      nixos('lint', { accelerator: null }),
    ],
    options,
  )
  expect(brief(jobs)).toEqual([
    ['check k3s', ['k3s'], ['nix', 'kvm']],
    ['check k3s-arm', ['k3s-arm'], ['nix', 'kvm', 'aarch64']],
    ['check k3s-large', ['k3s-large'], ['nix', 'kvm', 'large-memory']],
    ['check lint', ['lint'], ['nix']],
    ['check smoke', ['smoke'], []],
    ['check smoke-kvm', ['smoke-kvm'], ['kvm']],
  ])
})

test('the words of the configuration hold, and only those', () => {
  const labels = { all: [], kvm: ['metal', 'on-prem'], nix: ['on-prem'], aarch64: [], largeMemory: null }
  const [job] = planJobs([nixos('k3s', { needs: { memoryMiB: 999_999, cores: 1 } })], { ...options, labels })
  expect(job?.runnerTags).toEqual(['on-prem', 'metal'])
})

test('what every job asks for stands first, with the rest once', () => {
  const labels = { all: ['on-prem'], kvm: ['metal', 'on-prem'], nix: ['nix'], aarch64: [], largeMemory: null }
  const jobs = planJobs([nixos('k3s'), vm('smoke')], { ...options, labels })
  expect(jobs.map(({ runnerTags }) => runnerTags)).toEqual([['on-prem', 'nix', 'metal'], ['on-prem']])
})

test('ARM nodes need an ARM machine where KVM runs them; emulation runs on any', () => {
  const nodes = [{ name: 'a', memoryMiB: 128, cores: 1, system: 'aarch64-linux' }]
  const facts = { metadata: metadata({ derivation: null, nodes }) }
  const mixed = [...nodes, { name: 'b', memoryMiB: 128, cores: 1, system: 'x86_64-linux' }]
  const jobs = planJobs(
    [
      vm('emulated', facts),
      vm('mixed', { accelerator: 'kvm', metadata: metadata({ derivation: null, nodes: mixed }) }),
      vm('native', { ...facts, accelerator: 'kvm' }),
    ],
    options,
  )
  expect(jobs.map(({ runnerTags }) => runnerTags)).toEqual([[], ['kvm'], ['kvm', 'aarch64']])
})

test('auto asks for KVM only where a check cannot do without', () => {
  const needsKvm = metadata()
  needsKvm.derivation?.requiredSystemFeatures.push('kvm')
  const of = (kind: 'nixos' | 'vm', told: Instance['metadata']) =>
    (['auto', 'kvm', 'tcg'] as const).map((choice) => acceleratorInCi({ kind, metadata: told }, choice))
  expect(of('nixos', needsKvm)).toEqual(['kvm', 'kvm', 'tcg'])
  expect(of('nixos', metadata())).toEqual(['tcg', 'kvm', 'tcg'])
  expect(of('nixos', null)).toEqual(['kvm', 'kvm', 'tcg'])
  expect(of('vm', metadata({ derivation: null }))).toEqual(['tcg', 'kvm', 'tcg'])
  expect(of('nixos', metadata({ accelerator: 'tcg' }))).toEqual(['tcg', 'tcg', 'tcg'])
  expect(of('nixos', metadata({ isVmTest: false }))).toEqual([null, null, null])
})

test('a job lasts as long as all attempts of all its checks, one after the other', () => {
  const jobs = planJobs([vm('a', { timeoutSeconds: 60 }), vm('b', { timeoutSeconds: 240 })], {
    ...options,
    by: 'shard',
    shards: 1,
    attempts: 3,
  })
  expect(jobs.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([900])
})

test('a group is a job, or one for each kind of runner, and waits for the layer below', () => {
  const groups = [group('network', ['n*']), group('cluster', ['k*'], ['network']), group('all', ['*'])]
  const of = (...names: string[]) => ({ groups: names })
  const jobs = planJobs(
    [
      vm('n1', of('network', 'all')),
      nixos('n2', of('network', 'all')),
      nixos('k1', of('cluster', 'all')),
      nixos('k2', of('cluster', 'all')),
      vm('other'),
    ],
    { ...options, by: 'group', groups },
  )
  expect(jobs.map(({ name, checks, after }) => [name, checks, after])).toEqual([
    ['group cluster', ['k1', 'k2'], ['group network (tcg)', 'group network (nix kvm)']],
    ['group network (tcg)', ['n1'], []],
    ['group network (nix kvm)', ['n2'], []],
    ['ungrouped', ['other'], []],
  ])
})

test('shards are equally long, and no job mixes what needs different runners', () => {
  const long = (name: string, expectedSeconds: number) => vm(name, { expectedSeconds })
  const jobs = planJobs([long('a', 60), long('b', 30), long('c', 30), nixos('n', { expectedSeconds: 10 })], {
    ...options,
    by: 'shard',
    shards: 3,
  })
  expect(brief(jobs)).toEqual([
    ['shard 1/3', ['a'], []],
    ['shard 2/3', ['b', 'c'], []],
    ['shard 3/3', ['n'], ['nix', 'kvm']],
  ])
  expect(jobs[1]).toMatchObject({ expectedSeconds: 60, shard: { index: 2, count: 3 } })
})

test('however checks are divided, each is in exactly one job, and jobs have names of their own', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 60; round++) {
    const instances = Array.from({ length: 1 + Math.floor(random() * 40) }, (_, at) =>
      (random() < 0.5 ? vm : nixos)(`check ${at} ${'$`\'"\n/é😀'.slice(0, Math.floor(random() * 9))}`, {
        expectedSeconds: random() < 0.5 ? null : Math.ceil(random() * 100),
        groups: random() < 0.5 ? ['a'] : [],
        needs: { memoryMiB: random() < 0.2 ? 99_999 : 100, cores: 1 },
      }),
    )
    for (const by of ['check', 'group', 'shard'] as const) {
      const shards = 1 + Math.floor(random() * 12)
      const jobs = planJobs(instances, { ...options, by, shards, groups: [group('a', ['*'])] })
      expect(jobs.flatMap(({ checks }) => checks).toSorted()).toEqual(
        instances.map(({ id }) => id).toSorted(),
      )
      expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length)
      if (by === 'shard') expect(jobs.length).toBeLessThanOrEqual(Math.max(shards, 6))
    }
  }
})

test('the nightly sweep has a job for each profile, or more where runners differ', () => {
  const under = (make: typeof vm, name: string, profile: string) => {
    return { ...make(name), id: `${name}@${profile}`, profile }
  }
  const jobs = planSweep(
    [under(vm, 'a', 'lossy'), under(vm, 'b', 'lossy'), under(vm, 'a', 'edge'), under(nixos, 'n', 'edge')],
    options,
  )
  expect(jobs.map(({ name, checks, profile, nightly }) => [name, checks, profile, nightly])).toEqual([
    ['sweep edge (tcg)', ['a'], 'edge', true],
    ['sweep edge (nix kvm)', ['n'], 'edge', true],
    ['sweep lossy', ['a', 'b'], 'lossy', true],
  ])
})

test('names are bounded, printable, and hold nothing that a template would', () => {
  const names = [
    'x'.repeat(400),
    'x'.repeat(401),
    `$\{{ secrets.A }}`,
    '$CI',
    'a\nb',
    '\u202eevil',
    'grün 😀',
  ]
  const jobs = planJobs(
    names.map((name) => vm(name)),
    options,
  )
  for (const { name } of jobs) {
    expect(name.length).toBeLessThanOrEqual(120)
    expect(name).not.toMatch(/[\p{C}$`{}'"]/u)
  }
  expect(jobs.map(({ name }) => name)).toContain('check grün _')
  expect(jobs.filter(({ name }) => name.endsWith('(2)'))).toHaveLength(1)
})
