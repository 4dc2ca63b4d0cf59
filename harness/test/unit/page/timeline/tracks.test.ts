import { describe, expect, test } from 'vitest'
import { type Track, tracksOf } from '../../../../page/views/timeline/tracks.ts'
import { at, runInfo, timed } from './made-checks.ts'

const brief = ({ bars }: Track) =>
  bars.map(({ label, attempt, from, to, lane }) => `${lane}: ${label} ${attempt} ${from}-${to}`)

describe('lanes', () => {
  test('what runs beside something has a lane of its own, what comes behind takes the first that is free', () => {
    const checks = [
      timed('a', [[0, 10]]),
      timed('b', [[2, 20]]),
      timed('c', [[10, 30]]),
      timed('d', [[12, 14]]),
    ]
    const [track] = tracksOf(runInfo(), checks)
    expect(track && brief(track)).toEqual(['0: a 1 0-10', '0: c 1 10-30', '1: b 1 2-20', '2: d 1 12-14'])
    expect(track).toMatchObject({ lanes: 3, to: 100 })
  })

  test('attempts of one check stay in its lane, and nothing slips in between them', () => {
    const checks = [
      timed('a', [
        [0, 10],
        [15, 20],
      ]),
      timed('b', [[11, 14]]),
    ]
    const [track] = tracksOf(runInfo(), checks)
    expect(track && brief(track)).toEqual(['0: a 1 0-10', '0: a 2 15-20', '1: b 1 11-14'])
  })

  test('what was not attempted, or has no times, is not drawn', () => {
    const unknown = timed('old', [[0, 10]], { startedAt: null })
    expect(
      tracksOf(runInfo(), [timed('skipped', []), unknown, timed('odd', [[0, 1]], { endedAt: 'soon' })]),
    ).toEqual([])
  })
})

describe('what was held', () => {
  test('from the first attempt to the last one, added up', () => {
    const checks = [
      timed('a', [
        [0, 10],
        [15, 20],
      ]),
      timed('b', [[5, 30]], { needs: { memoryMiB: 300, cores: 2 } }),
    ]
    expect(tracksOf(runInfo(), checks)[0]?.load).toEqual([
      { at: 0, memoryMiB: 100, cores: 1 },
      { at: 5, memoryMiB: 400, cores: 3 },
      { at: 20, memoryMiB: 300, cores: 2 },
      { at: 30, memoryMiB: 0, cores: 0 },
    ])
  })

  test('is not told when a single check does not tell', () => {
    expect(
      tracksOf(runInfo(), [timed('a', [[0, 9]]), timed('b', [[0, 9]], { needs: null })])[0]?.load,
    ).toBeNull()
  })
})

test('a run that was cut off and went on: the night between is left out, and nothing is held in it', () => {
  const resumption = {
    at: at(36_000),
    host: 'other',
    vmproofVersion: '1',
    command: [],
    strict: false,
    budget: { memoryMiB: 500, cores: 1, jobs: null },
    secondsBefore: 50,
  }
  const run = runInfo({
    endedAt: at(36_060),
    budget: { memoryMiB: 900, cores: 2, jobs: null },
    resumptions: [resumption],
  })
  const [track] = tracksOf(run, [
    timed('a', [
      [0, 50],
      [36_010, 36_040],
    ]),
    timed('b', [[20, 40]]),
  ])
  expect(track && brief(track)).toEqual(['0: a 1 0-50', '0: a 2 60-90', '1: b 1 20-40'])
  expect(track?.stretches).toMatchObject([
    { from: 0, to: 50, host: 'builder', budget: { cores: 2 }, pause: 0 },
    { from: 50, to: 110, host: 'other', budget: { cores: 1 }, pause: 35_950 },
  ])
  expect(track?.load?.at(-3)).toMatchObject({ at: 50, cores: 0 })
})

test('runs that were merged have a track each, with their own clocks and budgets', () => {
  const part = (id: string, from: number, cores: number) => ({
    ...runInfo({ id, startedAt: at(from), endedAt: at(from + 50) }),
    budget: { memoryMiB: 1000, cores, jobs: null },
  })
  const run = runInfo({ parts: [part('one', 0, 1), part('two', 5000, 2)] })
  const again = timed(
    'a',
    [
      [0, 10],
      [5000, 5010],
    ],
    { run: 'two' },
  )
  const tracks = tracksOf(run, [
    { ...again, earlier: again.earlier.map((one) => ({ ...one, run: 'one' })) },
    timed('b', [[5020, 5030]], { run: 'two' }),
  ])
  expect(tracks.map((track) => [track.id, ...brief(track)])).toEqual([
    ['one', '0: a 1 0-10'],
    ['two', '0: a 2 0-10', '0: b 1 20-30'],
  ])
  expect(tracks.map(({ stretches }) => stretches[0]?.budget?.cores)).toEqual([1, 2])
})

test('stages become stretches of the bar', () => {
  const stages = [
    { stage: 'realising-inputs', at: at(1) },
    { stage: 'running', at: at(4) },
  ] as const
  const [track] = tracksOf(runInfo(), [timed('a', [[1, 10]], { stages: [...stages] })])
  expect(track?.bars[0]?.stages).toEqual([
    { stage: 'realising-inputs', from: 1, to: 4 },
    { stage: 'running', from: 4, to: 10 },
  ])
})
