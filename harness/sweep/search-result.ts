import { compareText } from '../model/compare-text.ts'
import type { Outcome } from '../model/outcome.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import type { SearchEnding, SearchPoint, SearchQuestion, SearchReport, SearchResult } from '../model/sweep.ts'
import { wilsonInterval } from '../trends/wilson.ts'
import { byHarshness, probedValue, unitOf } from './knob.ts'
import { nextStep } from './search.ts'
import { isError, isFailure, isPass, mostErrorsInARow, valueVerdict } from './verdict.ts'

/** What a run that searched came to, from its attempts alone. */
export function searchReportOf({ run, checks }: RunReport, question: SearchQuestion): SearchReport {
  const byCheck = new Map<string, Map<number, CheckReport>>()
  for (const check of checks) {
    const value = check.profile === null ? null : probedValue(question.knob, check.profile)
    if (value === null || check.name === null) continue
    const probes = byCheck.get(check.name) ?? new Map()
    byCheck.set(check.name, probes.set(value, check))
  }
  const results = [...byCheck]
    .sort(([a], [b]) => compareText(a, b))
    .map(([check, probes]) =>
      resultOf(check, probes, { question, cutOff: run.interrupted || run.endedAt === null }),
    )
  return {
    schema: 1,
    type: 'search',
    run: run.id,
    question: { ...question, unit: unitOf(question.knob) },
    results,
  }
}

function resultOf(
  check: string,
  probes: ReadonlyMap<number, CheckReport>,
  { question, cutOff }: { question: SearchQuestion; cutOff: boolean },
): SearchResult {
  const known = new Map([...probes].map(([value, probe]) => [value, outcomesOf(probe)]))
  const harshness = byHarshness(question.knob)
  const points = [...known]
    .filter(([, outcomes]) => outcomes.some(isAnswer))
    .sort(([a], [b]) => harshness(a, b))
    .map(([value, outcomes]) => pointOf(value, outcomes, question))
  const step = nextStep(question, known)
  return {
    check,
    ending:
      step.type === 'attempt' ? { type: 'unfinished', cutOff, ...bracketOf(points) } : endingOf(step, probes),
    points,
    attempts: [...known.values()].flat().filter(isAnswer).length,
    contradictions: contradictionsIn(points),
  }
}

/** One that was cut off, or never made, tells nothing, not even about the infrastructure. */
function isAnswer(outcome: Outcome): boolean {
  return isPass(outcome) || isFailure(outcome) || isError(outcome)
}

/** Of all attempts, oldest first; what could not even be attempted counts as skipped. */
function outcomesOf({ attempts, outcome, earlier, skip }: CheckReport): Outcome[] {
  const before = earlier.map((one) => one.outcome)
  if (skip === 'interrupted') return before
  return [...before, attempts === 0 ? 'skipped' : outcome]
}

function pointOf(value: number, outcomes: readonly Outcome[], { repeat }: SearchQuestion): SearchPoint {
  const passed = outcomes.filter(isPass).length
  const failed = outcomes.filter(isFailure).length
  const verdict = valueVerdict(outcomes, repeat)
  return {
    value,
    passed,
    failed,
    errored: outcomes.filter(isError).length,
    passes: verdict === 'passes' ? true : verdict === 'fails' ? false : null,
    passRateInterval: wilsonInterval(passed, passed + failed),
  }
}

function endingOf(
  step: Exclude<ReturnType<typeof nextStep>, { type: 'attempt' }>,
  probes: ReadonlyMap<number, CheckReport>,
): SearchEnding {
  switch (step.type) {
    case 'broken': {
      const message = probes.get(step.value)?.failure?.message ?? ''
      return { ...step, errors: mostErrorsInARow, message }
    }
    case 'impossible': {
      const probe = probes.get(step.value)
      return { ...step, reason: probe?.reason ?? probe?.failure?.message ?? '' }
    }
    default:
      return step
  }
}

/** Between what the threshold is known to lie. @param points from mild to harsh */
function bracketOf(points: readonly SearchPoint[]): { milder: number | null; harsher: number | null } {
  const milder = points.findLastIndex(({ passes }) => passes === true)
  const harsher = points.slice(milder + 1).find(({ passes }) => passes === false)
  return { milder: points[milder]?.value ?? null, harsher: harsher?.value ?? null }
}

/** Each value that failed, with the harshest that passed all the same. @param points from mild to harsh */
function contradictionsIn(points: readonly SearchPoint[]): SearchResult['contradictions'] {
  const lastPass = points.findLastIndex(({ passes }) => passes === true)
  return points
    .slice(0, Math.max(0, lastPass))
    .filter(({ passes }) => passes === false)
    .map(({ value }) => ({ failed: value, passed: points[lastPass]?.value ?? value }))
}
