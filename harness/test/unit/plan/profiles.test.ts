import { expect, test } from 'vitest'
import type { CheckMetadata, DescribedCheck } from '../../../model/check.ts'
import type { Profile } from '../../../model/profile.ts'
import { qemuOverheadMiB, tcgTimeoutFactor } from '../../../plan/instances.ts'
import { makePlan, type PlanItem, type PlanOptions } from '../../../plan/plan.ts'
import { acceleratorAsked, instanceId, limitedNodes, underProfiles } from '../../../plan/profiles.ts'
import { inShard } from '../../../plan/shard.ts'
import { listed, metadata } from '../../helpers/checks.ts'
import { plainPlan } from '../../helpers/plan-options.ts'
import { delaying, profile } from '../../helpers/profiles.ts'

function planned(
  names: string[],
  profiles: (Profile | null)[],
  { facts = {}, ...options }: Partial<PlanOptions> & { facts?: Partial<CheckMetadata> } = {},
): PlanItem[] {
  const selected = underProfiles(
    names.map((name) => ({ check: listed(name), namedExplicitly: false })),
    profiles,
  )
  const described = new Map<string, DescribedCheck>(
    selected.map((one) => [
      instanceId(one.check.name, one.profile),
      { ...listed(one.check.name), metadata: metadata(facts), error: null },
    ]),
  )
  return makePlan(selected, described, { ...plainPlan, ...options }).items
}

function only(items: PlanItem[]): PlanItem {
  expect(items).toHaveLength(1)
  return items[0] as PlanItem
}

test('one instance for each check under each profile, with its profile and its own expectation', () => {
  const slow = delaying('slow', '50ms')
  const durations = new Map([
    ['web', 10],
    ['web@slow', 40],
    ['db@slow', 7],
  ])
  const instances = planned(['web', 'db'], [null, profile('baseline'), slow], { durations }).map(
    ({ type, instance }) => [
      type,
      instance.id,
      instance.check.name,
      instance.profile,
      instance.expectedSeconds,
    ],
  )
  expect(instances).toEqual([
    ['run', 'db', 'db', null, null],
    ['run', 'db@baseline', 'db', 'baseline', null],
    ['run', 'db@slow', 'db', 'slow', 7],
    ['run', 'web', 'web', null, 10],
    ['run', 'web@baseline', 'web', 'baseline', null],
    ['run', 'web@slow', 'web', 'slow', 40],
  ])
  const [, baseline] = planned(['web'], [null, slow])
  expect(baseline?.instance.conditions).toBe(slow)
  expect(only(planned(['web'], [null])).instance).not.toHaveProperty('conditions')
})

test('a profile multiplies the limit of time, also what TCG has multiplied', () => {
  const slow = delaying('slow', '50ms', { timeoutFactor: 2.5 })
  const facts = { timeoutSeconds: 100 }
  expect(only(planned(['web'], [slow], { facts })).instance.timeoutSeconds).toBe(250)
  const { instance } = only(planned(['web'], [slow], { facts, accel: 'tcg' }))
  expect(instance.timeoutSeconds).toBe(250 * tcgTimeoutFactor)
})

test('limits of a profile replace what fitting nodes need', () => {
  const nodes = [
    { name: 'agent1', memoryMiB: 1024, cores: 4, system: null },
    { name: 'server', memoryMiB: 2048, cores: 4, system: null },
  ]
  const limits = [
    { nodes: '*', memoryMiB: null, cores: 2 },
    { nodes: 'agent*', memoryMiB: 256, cores: 1 },
  ]
  const { instance } = only(planned(['web'], [profile('small', { limits })], { facts: { nodes } }))
  expect(instance.needs).toEqual({ memoryMiB: 256 + 2048 + 2 * qemuOverheadMiB, cores: 3 })
  expect(limitedNodes(nodes, { limits }).map(({ memoryMiB, cores }) => [memoryMiB, cores])).toEqual([
    [256, 1],
    [2048, 2],
  ])
  expect(limitedNodes(nodes, null)).toEqual(nodes)
})

test('what is too large without a profile may fit under one', () => {
  const facts = { nodes: [{ name: 'a', memoryMiB: 9000, cores: 1, system: null }] }
  const small = profile('small', { limits: [{ nodes: '*', memoryMiB: 512, cores: null }] })
  expect(planned(['web'], [null, small], { facts }).map(({ type }) => type)).toEqual(['skip', 'run'])
})

test("a profile's accelerator beats the command line's", () => {
  const translated = profile('translated', { accelerator: 'tcg' })
  expect(only(planned(['web'], [translated], { accel: 'kvm' })).instance.accelerator).toBe('tcg')
  expect(acceleratorAsked(translated, 'auto')).toBe('tcg')
  expect(acceleratorAsked(profile('baseline'), 'kvm')).toBe('kvm')
  expect(acceleratorAsked(null, 'auto')).toBe('auto')
})

test.each<[string, Profile, Partial<CheckMetadata>, string | null]>([
  ['it is meant for it', delaying('slow', '1ms'), { profiles: ['slow'] }, null],
  [
    'it is meant for others',
    delaying('slow', '1ms'),
    { profiles: ['edge', 'lossy'] },
    'it is not meant for the profile slow, only for edge, lossy',
  ],
  [
    'it is meant for none',
    delaying('slow', '1ms'),
    { profiles: [] },
    'it is not meant for the profile slow, only for none',
  ],
  ['the profile changes nothing', profile('baseline'), { profiles: ['edge'], whyNoProfile: 'why not' }, null],
  ['it cannot be put under one', delaying('slow', '1ms'), { whyNoProfile: 'why not' }, 'why not'],
  [
    'the profile leaves its machines as they are',
    profile('patient', { timeoutFactor: 9 }),
    { whyNoProfile: 'x' },
    null,
  ],
  [
    'nobody can ask for hvf',
    profile('mac', { accelerator: 'hvf' }),
    {},
    'the profile mac wants hvf, which cannot be asked for',
  ],
])('skipped or not: %s', (_, under, facts, reason) => {
  const item = only(planned(['web'], [under], { facts }))
  expect(item).toMatchObject(reason === null ? { type: 'run' } : { type: 'skip', kind: 'profile', reason })
})

test('what is not meant for a profile that nobody named is left out', () => {
  const check: DescribedCheck = { ...listed('web'), metadata: metadata({ profiles: ['edge'] }), error: null }
  const under = delaying('slow', '1ms')
  const selected = [{ check: listed('web'), namedExplicitly: true, profile: under }]
  const plan = makePlan(selected, new Map([['web@slow', check]]), { ...plainPlan, unsuited: 'leave-out' })
  expect(plan).toEqual({
    items: [],
    leftOut: [{ name: 'web@slow', reason: 'it is not meant for the profile slow, only for edge' }],
  })
})

test('what this host cannot run is known of each instance by itself', () => {
  const slow = delaying('slow', '1ms')
  const notHere = new Map([['web@slow', 'no KVM']])
  const reasons = planned(['web'], [null, slow], { notHere }).map((item) =>
    item.type === 'skip' ? item.reason : item.type,
  )
  expect(reasons).toEqual(['run', 'no KVM'])
})

test('shards part instances: each is in exactly one', () => {
  const cells = underProfiles(
    ['a', 'b', 'c'].map((name) => ({ check: listed(name), namedExplicitly: false })),
    [null, profile('baseline'), delaying('slow', '1ms')],
  ).map((one) => instanceId(one.check.name, one.profile))
  const measure = { name: (id: string) => id, seconds: () => null }
  const parts = [1, 2, 3, 4].map((index) => inShard(cells, { index, count: 4 }, measure))
  expect(parts.flat().sort()).toEqual([...cells].sort())
  expect(parts.map(({ length }) => length)).toEqual([3, 2, 2, 2])
})
