import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Constraint, Loss } from '../harness/model/profile.ts'
import type { RunReport } from '../harness/model/report.ts'
import { constraintOf } from '../harness/profile/constraint.ts'
import { averageLoss } from '../harness/profile/qdisc.ts'
import { binomialInterval } from '../suites/vm/lib/binomial.ts'
import { fidelitySettings, samples } from './lib/fidelity-settings.ts'

/** One property of one setting. */
interface Figure {
  configured: number
  measured: number
  /** Part of the configured value; loss in standard deviations. */
  deviation: number
  unit: string
  /** Whether it is as near as it must be. */
  within: boolean
}

/** How far a delay may be off: 5 % or 2 ms; a rate: 10 %; a loss: the interval that 99 of 100 right ones lie in. */
const bounds = { delayPart: 0.05, delayMs: 2, ratePart: 0.1, lossCertainty: 0.99 }

/** Configured delay, loss and rate of links against what comes out of them, on real VMs. */
export default async function fidelity(say: (line: string) => void) {
  const measured = measure()
  const figures: Record<string, Figure> = {}
  for (const [name, written] of Object.entries(fidelitySettings)) {
    const constraint = constraintOf(written)
    for (const what of ['delay', 'jitter', 'loss', 'rate'] as const) {
      const value = measured.get(`${name}/${what}`)
      if (value === undefined) continue
      const figure = figureOf(what, constraint, value)
      figures[`${name}/${what}`] = figure
      say(`${`${name}/${what}`.padEnd(24)} ${lineFor(figure)}`)
    }
  }
  const noise = [...measured].flatMap(([name, value]) => (name.endsWith('/noise') ? [value] : []))
  const noiseMs = Math.max(0, ...noise)
  say(`round trips that nothing constrains varied by up to ${noiseMs.toFixed(2)} ms (standard deviation)`)
  const all = Object.entries(figures)
  const within = (what: string) =>
    all.filter(([name]) => name.endsWith(`/${what}`)).every(([, one]) => one.within)
  return {
    delayWithin: within('delay'),
    lossWithin: within('loss'),
    rateWithin: within('rate'),
    noiseMs,
    settings: figures,
  }
}

/** @returns the metrics of the suite by name */
function measure(): Map<string, number> {
  const out = mkdtempSync(join(tmpdir(), 'vmproof-bench-'))
  try {
    const program = join(process.cwd(), 'harness/bin.mjs')
    const args = ['run', 'fidelity', '--suites', 'bench/suites', '--out', out, '--report', 'json']
    // Its progress is for people.
    execFileSync(process.execPath, [program, ...args], { stdio: ['ignore', 2, 2] })
    const run = JSON.parse(readFileSync(join(out, 'latest', 'run.json'), 'utf8')) as RunReport
    return new Map(run.checks.flatMap(({ metrics }) => metrics.map(({ name, value }) => [name, value])))
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function figureOf(
  what: 'delay' | 'jitter' | 'loss' | 'rate',
  constraint: Constraint,
  measured: number,
): Figure {
  const { delay, rate, loss } = constraint
  switch (what) {
    case 'delay':
      return near((delay?.seconds ?? 0) * 1000, measured, 'ms')
    case 'jitter':
      return near(spreadOf(constraint), measured, 'ms')
    case 'rate':
      return near((rate ?? 0) / 1e6, measured, 'Mbit/s')
    case 'loss':
      return lossFigure(loss, measured)
  }
}

function near(configured: number, measured: number, unit: string): Figure {
  const off = Math.abs(measured - configured)
  const reach =
    unit === 'ms' ? Math.max(configured * bounds.delayPart, bounds.delayMs) : configured * bounds.ratePart
  return { configured, measured, deviation: measured / configured - 1, unit, within: off <= reach }
}

/** What `spread` finds: the standard deviation of a table; of uniform jitter 68 % of its half width. */
function spreadOf({ delay }: Constraint): number {
  if (delay === null) return 0
  return delay.jitterSeconds * 1000 * (delay.distribution === 'uniform' ? 0.6826 : 1)
}

/** A loss with a memory varies more than one without: as if fewer packets had been sent. */
function lossFigure(loss: Loss | null, measured: number): Figure {
  const average = averageLoss(loss)
  const memory = correlationOf(loss)
  const trials = Math.round((samples.packets * (1 - memory)) / (1 + memory))
  const [least, most] = binomialInterval(trials, average, bounds.lossCertainty)
  const part = measured / 100
  return {
    configured: average * 100,
    measured,
    deviation: (part - average) / Math.sqrt((average * (1 - average)) / trials),
    unit: '%',
    within: part * trials >= least - 0.5 && part * trials <= most + 0.5,
  }
}

function correlationOf(loss: Loss | null): number {
  if (loss?.type === 'correlated') return loss.correlation
  return loss?.type === 'bursty' ? 1 - loss.enter - loss.leave : 0
}

function lineFor({ configured, measured, deviation, unit, within }: Figure): string {
  const off =
    unit === '%' ? `${deviation.toFixed(1)} standard deviations` : `${(deviation * 100).toFixed(1)} %`
  return `configured ${configured} ${unit}, measured ${measured.toFixed(3)} (${off})${within ? '' : ' OUTSIDE'}`
}
