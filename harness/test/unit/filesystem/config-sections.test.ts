import { describe, expect, test } from 'vitest'
import { chooseSections, layOver, placedValues } from '../../../filesystem/config-sections.ts'

const nobody = { names: null, by: '', ci: null }

describe('chooseSections', () => {
  test('ci holds by itself in CI jobs, where there is one and none is named', () => {
    expect(chooseSections({ ...nobody, ci: 'CI' }, ['ci', 'x'])).toEqual([
      { name: 'ci', because: 'CI is set' },
    ])
    expect(chooseSections({ ...nobody, ci: 'CI' }, ['x'])).toEqual([])
    expect(chooseSections(nobody, ['ci'])).toEqual([])
    expect(chooseSections({ names: ['x'], by: '--section', ci: 'CI' }, ['ci', 'x'])).toEqual([
      { name: 'x', because: '--section' },
    ])
  })

  test.each([
    [['nigthly'], 'did you mean nightly?'],
    [['zzz'], 'it has ci, nightly'],
  ])('%s does not exist', (names, hint) => {
    expect(() => chooseSections({ names, by: 'VMPROOF_SECTION', ci: null }, ['ci', 'nightly'])).toThrow(
      expect.objectContaining({
        message: `VMPROOF_SECTION ${names[0]}: the configuration has no such section`,
        hints: [hint],
      }),
    )
  })
})

const file = {
  run: { jobs: 2, retries: 1 },
  select: { tags: ['a', 'b'] },
  checks: [{ match: 'x' }],
  groups: { k3s: { checks: ['k3s-*'], max: 2 } },
}
const section = {
  run: { jobs: 4 },
  select: { tags: ['c'] },
  checks: [{ match: 'y' }],
  groups: { k3s: { max: 1 } },
}

test('tables are laid over each other, lists of tables add up, all else is replaced', () => {
  expect(layOver(file, section)).toEqual({
    run: { jobs: 4, retries: 1 },
    select: { tags: ['c'] },
    checks: [{ match: 'x' }, { match: 'y' }],
    groups: { k3s: { checks: ['k3s-*'], max: 1 } },
  })
})

test('each value is placed where it comes from', () => {
  const values = placedValues([
    { from: 'file', table: file },
    { from: 'section ci', table: section },
  ])
  expect(values.map(({ key, from }) => `${key} ${from}`)).toEqual([
    'run.jobs section ci',
    'run.retries file',
    'select.tags section ci',
    'checks[0] file',
    'groups.k3s.checks file',
    'groups.k3s.max section ci',
    'checks[1] section ci',
  ])
})
