import { expect, test } from 'vitest'
import { readRun } from '../../../filesystem/read-run.ts'
import { lastAttemptFolder } from '../../../filesystem/run-recorder.ts'
import type { SearchQuestion, SearchResult } from '../../../model/sweep.ts'
import type { SelectedInstance } from '../../../plan/profiles.ts'
import { type Search, searchPlans } from '../../../run/search-plans.ts'
import { type RunState, toRunReport } from '../../../state/reduce.ts'
import { searchReportOf } from '../../../sweep/search-result.ts'
import { instance, listed } from '../../helpers/checks.ts'
import { openRun, type RunPlanOptions } from '../../helpers/run-plan.ts'
import { ShellSource, tellAssertion } from '../../helpers/shell-source.ts'

const question: SearchQuestion = { knob: 'loss', from: 0, to: 20, repeat: 2, points: 6 }
const pass = tellAssertion('passed')
const fail = tellAssertion('failed')

/** Scripts of the probes of a check by the loss under which they run. */
function probes(check: string, scriptAt: (loss: number) => string): Record<string, string> {
  const values = [0, 2.5, 5, 6.25, 7.5, 10, 12.5, 15, 20]
  return Object.fromEntries(values.map((loss) => [`${check}@loss=${loss}%`, scriptAt(loss)]))
}

const stopsAt = (threshold: number) => (loss: number) => (loss < threshold ? pass : fail)

function planned({ check, profile, namedExplicitly }: SelectedInstance) {
  const facts = { check, profile: profile?.name ?? null, namedExplicitly }
  return { type: 'run' as const, instance: instance(`${check.name}@${profile?.name}`, facts) }
}

interface SearchRun {
  results: Record<string, SearchResult>
  state: RunState
  folder: string
  /** How many plans were run. */
  rounds: number
}

async function search(
  scripts: Record<string, string>,
  {
    checks = ['a'],
    ...options
  }: Partial<Omit<Search, 'checks'>> & RunPlanOptions & { checks?: string[] } = {},
): Promise<SearchRun> {
  const run = openRun(new ShellSource(scripts), options)
  Object.assign(run.state, options.state)
  const plans = searchPlans({
    question,
    checks: checks.map((name) => ({ check: listed(name), namedExplicitly: true })),
    plan: async (wanted) => ({ items: wanted.map(planned), leftOut: [] }),
    lastFolder: (id) => lastAttemptFolder(run.folder, id),
    isTimeOver: () => false,
    ...options,
    state: run.state,
  })
  let rounds = 0
  for await (const plan of plans) {
    rounds++
    await run.dispatch(plan.items)
    if (options.signal?.aborted) break
  }
  if (!options.signal?.aborted) run.emit({ type: 'runEnded', seconds: 1, exitCode: 0 })
  run.close()
  // What the journal tells is what was found.
  const { results } = searchReportOf(toRunReport(await readRun(run.folder)), question)
  return {
    results: Object.fromEntries(results.map((result) => [result.check, result])),
    state: run.state,
    folder: run.folder,
    rounds,
  }
}

test('each value has attempts of its own, and the journal tells what was found', async () => {
  const { results, state } = await search(probes('a', stopsAt(7)))
  expect(results.a).toMatchObject({ ending: { type: 'found', milder: 5, harsher: 10 }, attempts: 12 })
  const attempts = state.instances.get('a@loss=10%')?.attempts
  expect(attempts?.map(({ attempt, folder }) => [attempt, folder.split('/').at(-1)])).toEqual([
    [1, 'attempt-1'],
    [2, 'attempt-2'],
  ])
})

test('several checks are searched side by side, each to its own threshold', async () => {
  const scripts = { ...probes('a', stopsAt(7)), ...probes('b', stopsAt(11)), ...probes('c', () => fail) }
  const { results, rounds } = await search(scripts, { checks: ['a', 'b', 'c'] })
  expect(results).toMatchObject({
    a: { ending: { milder: 5, harsher: 10 } },
    b: { ending: { milder: 10, harsher: 15 } },
    c: { ending: { type: 'never-passes' }, attempts: 2 },
  })
  expect(rounds).toBe(12)
})

test('what broke is attempted again, until it breaks too often', async () => {
  const breaksOnce = (loss: number) => `[ $ATTEMPT = 1 ] && kill -9 $$; ${stopsAt(7)(loss)}`
  const mended = await search(probes('a', breaksOnce))
  expect(mended.results.a).toMatchObject({ ending: { type: 'found', milder: 5, harsher: 10 }, attempts: 18 })
  expect(mended.results.a?.points.every(({ errored }) => errored === 1)).toBe(true)

  const broken = await search(probes('a', (loss) => (loss === 10 ? 'exit 0' : stopsAt(7)(loss))))
  expect(broken.results.a).toMatchObject({ ending: { type: 'broken', value: 10, errors: 3 }, attempts: 7 })
})

test('ends when time is over, and tells what it knows', async () => {
  let rounds = 0
  const { results } = await search(probes('a', stopsAt(7)), { isTimeOver: () => rounds++ >= 5 })
  expect(results.a).toMatchObject({
    ending: { type: 'unfinished', cutOff: false, milder: 0, harsher: 20 },
    attempts: 5,
  })
})

test('a search that was interrupted goes on from its journal to the same end', async () => {
  const interruption = new AbortController()
  const scripts = probes('a', (loss) => (loss === 10 ? `sleep 30; ${fail}` : stopsAt(7)(loss)))
  const first = await search(scripts, {
    signal: interruption.signal,
    observer: {
      event: (event) => {
        if (event.type === 'attemptStarted' && event.instance === 'a@loss=10%') interruption.abort('SIGTERM')
      },
    },
  })
  expect(first.results.a).toMatchObject({
    ending: { type: 'unfinished', cutOff: true, milder: 0, harsher: 20 },
  })

  const state = await readRun(first.folder)
  const second = await search(probes('a', stopsAt(7)), { state, folder: first.folder })
  expect(second.results.a?.ending).toEqual({ type: 'found', milder: 5, harsher: 10 })
  // What was known is not attempted again; the attempt that was cut off has its number for ever.
  expect(second.rounds).toBe(8)
  const attempts = second.state.instances.get('a@loss=10%')?.attempts
  expect(attempts?.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
})

test('a check that cannot be run under the constraint, and one that is not meant at all', async () => {
  const { results } = await search(
    probes('a', () => pass),
    {
      checks: ['a', 'b'],
      plan: async (wanted) => ({
        items: wanted
          .filter(({ check }) => check.name === 'a')
          .map((one) => ({ ...planned(one), type: 'skip', kind: 'profile', reason: 'only for baseline' })),
        leftOut: [{ name: 'b@loss=0%', reason: 'not a VM test' }],
      }),
    },
  )
  expect(results).toMatchObject({ a: { ending: { type: 'impossible', reason: 'only for baseline' } } })
  expect(Object.keys(results)).toEqual(['a'])
})
