import { expect, test } from 'vitest'
import type { CheckMetadata } from '../../../model/check.ts'
import type { CheckOverride } from '../../../model/config.ts'
import {
  defaultTimeoutSeconds,
  type InstanceOptions,
  instanceOf,
  overrideFor,
  qemuOverheadMiB,
  tcgTimeoutFactor,
  unknownNeeds,
} from '../../../plan/instances.ts'
import { listed, metadata } from '../../helpers/checks.ts'
import { noWishes } from '../../helpers/plan-options.ts'

function override(match: string, facts: Partial<CheckOverride>): CheckOverride {
  return { match, tags: [], vmTest: null, memoryMiB: null, cores: null, timeoutSeconds: null, ...facts }
}

function plan(facts: Partial<CheckMetadata>, options: Partial<InstanceOptions> = {}) {
  const described = { ...listed('web'), metadata: metadata(facts), error: null }
  return instanceOf(described, { namedExplicitly: false, profile: null }, { ...noWishes, ...options })
}

const two = [
  { name: 'a', memoryMiB: 512, cores: 1, system: null },
  { name: 'b', memoryMiB: 2048, cores: 4, system: null },
]

test('needs are what the nodes need, and what QEMU takes beside each', () => {
  expect(plan({ nodes: two }).needs).toEqual({ memoryMiB: 2560 + 2 * qemuOverheadMiB, cores: 5 })
})

test.each([null, []])('needs of unknown nodes (%j) are the documented default', (nodes) => {
  expect(plan({ nodes }).needs).toEqual(unknownNeeds)
})

test('what is no VM test is not given the memory of VMs', () => {
  expect(plan({ isVmTest: false, nodes: null }).needs).toEqual({ memoryMiB: 512, cores: 1 })
})

test('the configuration replaces each need by itself', () => {
  const overrides = [override('w*', { memoryMiB: 4096 })]
  expect(plan({ nodes: two }, { overrides }).needs).toEqual({ memoryMiB: 4096, cores: 5 })
})

test.each<[string, Partial<CheckMetadata>, Partial<InstanceOptions>, number]>([
  ['the default', {}, {}, defaultTimeoutSeconds],
  ['its own', { timeoutSeconds: 100 }, {}, 100],
  ['what a timer can hold', { timeoutSeconds: 30 * 86_400 }, {}, 2_147_483],
  [
    'the configuration over its own',
    { timeoutSeconds: 100 },
    { overrides: [override('web', { timeoutSeconds: 200 })] },
    200,
  ],
  [
    'the command line over all',
    { timeoutSeconds: 100 },
    { overrides: [override('web', { timeoutSeconds: 200 })], timeoutSeconds: 300 },
    300,
  ],
  ['longer where KVM was expected', { timeoutSeconds: 100 }, { accel: 'tcg' }, 100 * tcgTimeoutFactor],
  [
    'not longer where the check asks for TCG',
    { timeoutSeconds: 100, accelerator: 'tcg' },
    { accel: 'tcg' },
    100,
  ],
])('timeout: %s', (_, facts, options, seconds) => {
  expect(plan(facts, options).timeoutSeconds).toBe(seconds)
})

test('later overrides win, tags add up, others do not touch it', () => {
  const overrides = [
    override('*', { tags: ['all'], vmTest: false, cores: 1 }),
    override('we?', { tags: ['web'], vmTest: true }),
    override('db', { tags: ['no'], cores: 9 }),
  ]
  expect(overrideFor('web', overrides)).toMatchObject({ tags: ['all', 'web'], vmTest: true, cores: 1 })
  expect(plan({ isVmTest: false, tags: ['arm64'] }, { overrides })).toMatchObject({
    metadata: { isVmTest: true },
    check: { tags: ['arm64', 'all', 'web'] },
  })
})

test('what is no VM test has no accelerator', () => {
  expect(plan({ isVmTest: false, nodes: null }, { accel: 'tcg' }).accelerator).toBeNull()
  expect(plan({}, { accel: 'tcg' }).accelerator).toBe('tcg')
  expect(plan({}).accelerator).toBeNull()
})
