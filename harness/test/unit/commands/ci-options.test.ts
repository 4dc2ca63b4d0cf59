import { expect, test } from 'vitest'
import type { CiArguments } from '../../../commands/arguments.ts'
import {
  divisionWithin,
  pipelineOptions,
  programRemarks,
  wishedDivision,
} from '../../../commands/ci-options.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const given = (facts: Partial<CiArguments> = {}): CiArguments => ({ _: ['ci'], pipeline: 'gitlab', ...facts })
const noGroups = { groups: [] }
const some = { groups: [{ name: 'a', checks: ['*'], needs: [], max: null, exclusive: false }] }

test.each([
  ['nothing', {}, { by: null, shards: 4 }],
  ['shards', { shards: 7 }, { by: 'shard', shards: 7 }],
  ['by shard', { by: 'shard' }, { by: 'shard', shards: 4 }],
  ['by group', { by: 'group' }, { by: 'group', shards: 4 }],
] as const)('what is wished for: %s', (_, args, wished) => {
  expect(wishedDivision(given(args), some)).toEqual(wished)
})

test.each([
  [{ shards: 0 }, /--shards: not a number/],
  [{ shards: 3, by: 'check' }, /do not go together/],
  [{ by: 'group' }, /has no groups/],
] as const)('%j is refused', (args, words) => {
  expect(() => wishedDivision(given(args), noGroups)).toThrow(words)
})

test('more checks than a pipeline bears become shards, and that is told', () => {
  const wished = { by: null, shards: 4 }
  expect(divisionWithin(wished, 200, 'gitlab')).toEqual({ by: 'check', shards: 4, remark: [] })
  expect(divisionWithin(wished, 201, 'gitlab')).toEqual({
    by: 'shard',
    shards: 200,
    remark: [expect.stringContaining('201 checks in 200 shards')],
  })
  expect(divisionWithin(wished, 256, 'github').by).toBe('check')
  expect(divisionWithin({ by: 'group', shards: 4 }, 1000, 'gitlab').by).toBe('group')
  expect(() => divisionWithin({ by: 'shard', shards: 201 }, 1000, 'gitlab')).toThrow(/bears 200 jobs/)
})

const optionsOf = (facts: Partial<CiArguments>) =>
  pipelineOptions(given(facts), { out: 'reports', accel: 'auto' } as never, {
    labels: null,
    history: null,
    folder: scratchFolder(),
  })

test('jobs get what was given here, as it was given; the rest they read themselves', () => {
  const { runOptions } = optionsOf({
    flake: '.#a b',
    retries: 2,
    retryOn: 'errored',
    section: ['ci'],
    tag: ['x'],
  })
  expect(runOptions).toEqual([
    ...['--section', 'ci', '--flake', '.#a b', '--retries', '2', '--retry-on', 'errored'],
  ])
})

test('a path of this machine is remarked upon, unless somebody chose it', () => {
  const remarks = (program: string, facts: Partial<CiArguments> = {}) =>
    programRemarks(given(facts), { ...optionsOf({ program }) })
  expect(remarks('node /home/me/vmproof/harness/bin.mjs')).toHaveLength(1)
  expect(remarks("node '/my own/bin.mjs'")).toHaveLength(1)
  expect(remarks('node harness/bin.mjs')).toEqual([])
  expect(remarks('/opt/vmproof', { program: '/opt/vmproof' })).toEqual([])
})
