import { expect, test } from 'vitest'
import type { DescribedCheck, ListedCheck } from '../../../model/check.ts'
import { inStartOrder } from '../../../plan/order.ts'
import { makePlan, type PlanOptions } from '../../../plan/plan.ts'
import { instance, listed, metadata } from '../../helpers/checks.ts'
import { plainPlan } from '../../helpers/plan-options.ts'

const options: PlanOptions = {
  ...plainPlan,
  durations: new Map([['good', 42]]),
  budget: { memoryMiB: 4000, cores: 2, jobs: null },
  notTags: ['slow'],
  notHere: new Map([['foreign', 'it is for another system']]),
}

const nodes = [{ name: 'a', memoryMiB: 9000, cores: 1, system: null }]
const described: DescribedCheck[] = [
  { ...listed('good'), metadata: metadata(), error: null },
  { ...listed('large'), metadata: metadata({ nodes }), error: null },
  { ...listed('foreign'), metadata: metadata(), error: null },
  { ...listed('broken'), metadata: null, error: { message: 'undefined variable', details: ['at x.nix:1'] } },
  { ...listed('format'), metadata: metadata({ isVmTest: false }), error: null },
  { ...listed('slow'), metadata: metadata({ tags: ['slow'] }), error: null },
]

function planOf(names: string[], namedExplicitly = false) {
  const byName = new Map(described.map((check) => [check.name, check]))
  const plan = makePlan(
    names.map((name) => ({ check: listed(name), namedExplicitly, profile: null })),
    byName,
    options,
  )
  const items = plan.items.map((item) => {
    if (item.type === 'error') return [item.instance.id, item.failure.message]
    return [item.instance.id, item.type === 'skip' ? `${item.kind}: ${item.reason}` : item.type]
  })
  return { items, leftOut: plan.leftOut }
}

test('each check is run, skipped, errored or left out', () => {
  expect(planOf(['slow', 'large', 'good', 'format', 'foreign', 'broken', 'missing'])).toEqual({
    items: [
      ['broken', 'undefined variable'],
      ['foreign', 'cannot-run-here: it is for another system'],
      ['good', 'run'],
      [
        'large',
        'cannot-run-here: its VMs need 8.9 GiB of memory, 3.9 GiB may be used (--memory SIZE allows more)',
      ],
      ['missing', 'interrupted: the run was interrupted before it was evaluated'],
    ],
    leftOut: [
      { name: 'format', reason: 'not a VM test' },
      { name: 'slow', reason: 'it has the tag slow' },
    ],
  })
})

test('what is named in full is never left out', () => {
  expect(planOf(['format', 'slow'], true)).toEqual({
    items: [
      ['format', 'run'],
      ['slow', 'run'],
    ],
    leftOut: [],
  })
})

test('starts what was never measured first, then the longest, then the largest, then by name', () => {
  const needs = (memoryMiB: number) => ({ needs: { memoryMiB, cores: 1 } })
  const order = inStartOrder([
    instance('short', { expectedSeconds: 1 }),
    instance('b-even', { expectedSeconds: 5 }),
    instance('a-even', { expectedSeconds: 5 }),
    instance('long', { expectedSeconds: 100 }),
    instance('new-small', needs(1)),
    instance('new-large', needs(1000)),
    instance('even-large', { expectedSeconds: 5, ...needs(1000) }),
  ])
  expect(order.map(({ id }) => id)).toEqual([
    'new-large',
    'new-small',
    'long',
    'even-large',
    'a-even',
    'b-even',
    'short',
  ])
})

test('what is no derivation is an error in a flake, and passed over in a Nix file', () => {
  const error = { message: 'a lambda, not a derivation', details: [], isNotDerivation: true as const }
  const outcomeIn = (target: ListedCheck['target'], namedExplicitly = false) => {
    const check = listed('helper', { target })
    const described = new Map([['helper', { ...check, metadata: null, error }]])
    const { items, leftOut } = makePlan([{ check, namedExplicitly, profile: null }], described, options)
    return leftOut[0]?.reason ?? items[0]?.type
  }
  const file = { type: 'file', file: '/default.nix', attribute: 'helper' } as const
  expect(outcomeIn(listed('helper').target)).toBe('error')
  expect(outcomeIn(file)).toBe('not a derivation')
  expect(outcomeIn(file, true)).toBe('error')
})
