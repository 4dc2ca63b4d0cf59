import type { Outcome } from '../../../model/outcome.ts'
import type { Needs } from '../../../model/plan.ts'
import type { AttemptStage, AttemptTimes, CheckReport, MergedRun, RunInfo } from '../../../model/report.ts'
import { type LoadStep, loadOf } from './load.ts'
import { positionOf, type Span, type Stretch, stretchesOf } from './work-clock.ts'

/** What of a check the timeline draws. */
export type TimedCheck = Pick<
  CheckReport,
  'name' | 'profile' | 'outcome' | 'failure' | 'needs' | 'attempts'
> &
  AttemptTimes & { earlier: CheckReport['earlier'] }

/** An attempt. Positions in seconds of work since its run began. */
export interface Bar {
  /** Position of the check in the report. */
  check: number
  /** Check and profile. */
  label: string
  attempt: number
  /** Attempts of the check in all. */
  attempts: number
  outcome: Outcome
  from: number
  to: number
  /** null where no journal tells. */
  startedMs: number
  stages: { stage: AttemptStage; from: number; to: number }[]
  /** Why it did not pass, one line. */
  message: string | null
  needs: Needs | null
  lane: number
}

/** What ran on one budget: a run, or one of those that were merged. */
export interface Track {
  /** Id of the run. */
  id: string
  stretches: Stretch[]
  /** By lane, then time. */
  bars: Bar[]
  lanes: number
  /** null: what the attempts held is not told. */
  load: LoadStep[] | null
  /** Where it ends. */
  to: number
}

/** The tracks of a run in which something was attempted, oldest first. */
export function tracksOf(run: RunInfo, checks: readonly TimedCheck[]): Track[] {
  const parts = run.parts ?? [run]
  const known = new Set(parts.map(({ id }) => id))
  const attempts = checks.flatMap((check, index) => attemptsOf(check, index))
  return parts
    .map((part) =>
      trackOf(
        part,
        attempts.filter(({ run: id }) => (id !== undefined && known.has(id) ? id : parts[0]?.id) === part.id),
      ),
    )
    .filter(({ bars }) => bars.length > 0)
}

interface Attempt extends Span, Omit<Bar, 'from' | 'to' | 'lane' | 'startedMs' | 'stages'> {
  run: string | undefined
  stages: AttemptTimes['stages']
}

function attemptsOf(check: TimedCheck, index: number): Attempt[] {
  const last = { ...check, attempt: check.attempts }
  return [...check.earlier, last].flatMap(
    ({ startedAt, endedAt, stages, outcome, failure, attempt, run }): Attempt[] => {
      const [startMs, endMs] = [Date.parse(startedAt ?? ''), Date.parse(endedAt ?? '')]
      if (Number.isNaN(startMs) || Number.isNaN(endMs)) return []
      return [
        {
          startMs,
          endMs: Math.max(startMs, endMs),
          check: index,
          label: `${check.name ?? '?'}${check.profile === null ? '' : ` @ ${check.profile}`}`,
          attempt,
          attempts: check.attempts,
          outcome,
          stages,
          message: failure?.message ?? null,
          needs: check.needs,
          run,
        },
      ]
    },
  )
}

function trackOf(part: MergedRun, attempts: Attempt[]): Track {
  const stretches = stretchesOf(part, attempts)
  const holdings = holdingsOf(attempts, stretches)
  const lanes = assignLanes(holdings)
  const bars = holdings.flatMap(({ bars, lane }) => bars.map((bar) => ({ ...bar, lane })))
  bars.sort((a, b) => a.lane - b.lane || a.from - b.from)
  return { id: part.id, stretches, bars, lanes, load: loadOf(holdings), to: stretches.at(-1)?.to ?? 0 }
}

/** A check holds its part of the budget from its first attempt to its last, unless the run is cut off between them. */
interface Holding {
  from: number
  to: number
  needs: Needs | null
  bars: Omit<Bar, 'lane'>[]
  lane: number
}

function holdingsOf(attempts: readonly Attempt[], stretches: Stretch[]): Holding[] {
  const holdings = new Map<string, Holding>()
  for (const { startMs, endMs, run: _, stages, ...attempt } of attempts) {
    const { at: from, stretch } = positionOf(stretches, startMs)
    const to = Math.max(from, positionOf(stretches, endMs).at)
    const bar = {
      ...attempt,
      from,
      to,
      startedMs: startMs,
      stages: stageSpans(stages, stretches, { from, to }),
    }
    const key = `${stretch} ${attempt.check}`
    const holding = holdings.get(key)
    if (!holding) holdings.set(key, { from, to, needs: attempt.needs, bars: [bar], lane: 0 })
    else {
      holding.from = Math.min(holding.from, from)
      holding.to = Math.max(holding.to, to)
      holding.bars.push(bar)
    }
  }
  return [...holdings.values()].sort((a, b) => a.from - b.from)
}

function stageSpans(
  stages: AttemptTimes['stages'],
  stretches: Stretch[],
  { from, to }: { from: number; to: number },
): Bar['stages'] {
  const inside = (at: number) => Math.min(to, Math.max(from, at))
  const begins = stages.map(({ at }) => inside(positionOf(stretches, Date.parse(at)).at))
  return stages.map(({ stage }, index) => ({
    stage,
    from: begins[index] ?? from,
    to: begins[index + 1] ?? to,
  }))
}

/** Each in the first lane that is free. @param holdings by their starts @returns how many lanes it takes */
function assignLanes(holdings: Holding[]): number {
  const freeFrom: number[] = []
  for (const holding of holdings) {
    const free = freeFrom.findIndex((from) => from <= holding.from)
    holding.lane = free < 0 ? freeFrom.length : free
    freeFrom[holding.lane] = holding.to
  }
  return freeFrom.length
}
