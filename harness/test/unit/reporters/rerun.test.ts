import { describe, expect, test } from 'vitest'
import { rerunAllCommand, resumeCommand } from '../../../reporters/rerun.ts'
import { check } from './junit-samples.ts'
import { reportOf } from './replay.ts'
import { started } from './story.ts'

const { run } = reportOf([started])
const failed = (name: string, profile: string | null = null) => check({ name, profile, outcome: 'failed' })

/** The command for these, in a run that holds nothing else but what passed and `others`. */
function again(
  command: string[],
  checks: ReturnType<typeof failed>[],
  others: ReturnType<typeof check>[] = [],
) {
  const report = { schema: 1 as const, run: { ...run, command }, checks: [...checks, check({}), ...others] }
  return rerunAllCommand(report, checks, { isNewest: true })
}

const many = (profile: (at: number) => string | null) =>
  Array.from({ length: 40 }, (_, at) => failed(`check-number-${at}`, profile(at)))

describe('the command that runs all that failed again', () => {
  test.each([
    ['by name', ['vmproof', 'run'], [failed('a'), failed('b')], 'run a b'],
    [
      'with what mattered',
      ['vmproof', 'run', '--flake', '.#x', '--jobs', '2', '--out=here', 'a'],
      [failed('a')],
      "run --flake '.#x' --out here a",
    ],
    [
      'under one profile',
      ['vmproof', 'run'],
      [failed('a', 'lossy'), failed('b', 'lossy')],
      'run --profile lossy a b',
    ],
    [
      'each under its own',
      ['vmproof', 'sweep'],
      [failed('a', 'lossy'), failed('a', 'edge')],
      'run a@lossy a@edge',
    ],
    ['some under none', ['vmproof', 'run'], [failed('a'), failed('a', 'loss=5%')], 'run a a@loss=5%'],
    ['with an @ of its own', ['vmproof', 'run'], [failed('a@b')], "run 'a?b'"],
    ['that look like options', ['vmproof', 'run'], [failed('-a'), failed('b')], 'run -- -a b'],
  ])('%s', (_, command, checks, expected) => {
    expect(again(command, checks)).toBe(`pnpm vmproof ${expected}`)
  })

  test('asks the newest run where names would take too much room', () => {
    expect(
      again(
        ['vmproof', 'run'],
        many(() => null),
      ),
    ).toBe("pnpm vmproof run --last-failed '*'")
    expect(
      again(
        ['vmproof', 'run'],
        many(() => 'edge'),
      ),
    ).toBe("pnpm vmproof run --profile edge --last-failed '*'")
    expect(
      again(
        ['vmproof', 'sweep'],
        many((at) => (at % 2 ? 'edge' : 'lossy')),
      ),
    ).toBe("pnpm vmproof sweep --profiles lossy,edge --last-failed '*'")
  })

  test.each([
    ['what was skipped did not pass either', many(() => null), [check({ name: 'x', outcome: 'skipped' })]],
    ['no option stands for no profile', many((at) => (at % 2 ? 'edge' : null)), []],
  ])('names them all the same: %s', (_, checks, others) => {
    expect(again(['vmproof', 'run'], checks, others)).toMatch(/ check-number-0 .*check-number-39/)
  })

  test('of an older run names them: the newest one is another', () => {
    const checks = many(() => null)
    expect(rerunAllCommand({ schema: 1, run, checks }, checks)).toContain('check-number-39')
  })
})

test.each([
  [['vmproof', 'run', 'a', '--out', 'my runs'], "pnpm vmproof run --out 'my runs' --resume"],
  [['vmproof', 'sweep', '--profiles', 'a,b'], 'pnpm vmproof sweep --resume'],
  [[], 'pnpm vmproof run --resume'],
])('the command that goes on with %j', (command, expected) => {
  expect(resumeCommand({ ...run, command })).toBe(`${expected} ${run.id}`)
})
