import type { Knob, SearchPoint, SearchReport, SearchResult } from '../model/sweep.ts'
import { columnsOf, pad } from './columns.ts'
import { oneLine } from './safe-text.ts'
import type { Style } from './style.ts'

/** What a threshold search came to: a sentence for each check, and below it what the sentence rests on. */
export function searchLines({ question, results }: SearchReport, style: Style): string[] {
  const { repeat } = question
  const rule =
    repeat === 1
      ? 'a value passes when its attempt does'
      : `a value passes when more than half of its ${repeat} attempts do`
  const legend = [
    `${rule}; errored attempts are repeated and do not count`,
    `${question.knob}: on all that nodes send, at both ends of a link`,
    'rates: Wilson intervals, 95 %; --repeat makes them narrower',
  ]
  return [
    ...results.flatMap((result) => [...resultLines(result, question.knob, style), '']),
    ...legend.map((line) => style.dim(line)),
  ]
}

function resultLines(result: SearchResult, knob: Knob, style: Style): string[] {
  const { points, contradictions } = result
  const tone = toneOf(result)
  const rows = points.map((point) => [valueText(knob, point.value), countText(point), rateText(point)])
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => columnsOf(row[at] ?? ''))))
  return [
    style[tone](sentenceOf(result, knob)),
    ...rows.map((row) => `  ${row.map((cell, at) => pad(cell, widths[at] ?? 0)).join('  ')}`.trimEnd()),
    ...contradictions.map(({ failed, passed }) =>
      style.warn(
        `  not one threshold: fails at ${valueText(knob, failed)}, passes at the harsher ${valueText(knob, passed)}${mayBeChance(points, failed, passed)}`,
      ),
    ),
  ]
}

function toneOf({ ending, contradictions }: SearchResult): 'good' | 'bad' | 'warn' {
  switch (ending.type) {
    case 'found':
    case 'always-passes':
      return contradictions.length > 0 ? 'warn' : 'good'
    case 'never-passes':
    case 'broken':
      return 'bad'
    default:
      return 'warn'
  }
}

/** `k3s-network stops passing between loss 6.25 % and 7.5 % (8 points, 24 attempts)` */
export function sentenceOf({ check, ending, points, attempts }: SearchResult, knob: Knob): string {
  const name = oneLine(check)
  const effort = `(${count(points.length, 'point')}, ${count(attempts, 'attempt')})`
  const value = (one: number) => valueText(knob, one)
  switch (ending.type) {
    case 'found':
      return `${name} stops passing between ${knob} ${value(ending.milder)} and ${value(ending.harsher)} ${effort}`
    case 'always-passes':
      return `${name} also passes at ${knob} ${value(points.at(-1)?.value ?? 0)}, the end of the range ${effort}`
    case 'never-passes':
      return `${name} does not even pass at ${knob} ${value(points[0]?.value ?? 0)}, the mildest of the range ${effort}`
    case 'broken':
      return `${name}: search stopped at ${knob} ${value(ending.value)}, the infrastructure failed ${ending.errors} times in a row: ${oneLine(ending.message)} ${effort}`
    case 'impossible':
      return `${name}: cannot be run at ${knob} ${value(ending.value)}: ${oneLine(ending.reason)}`
    case 'unfinished': {
      const why = ending.cutOff ? 'cut off' : 'time is over'
      return `${name}: ${why}; ${knownSoFar(knob, ending)} ${effort}`
    }
  }
}

function knownSoFar(
  knob: Knob,
  { milder, harsher }: { milder: number | null; harsher: number | null },
): string {
  const passes = milder === null ? [] : [`passes at ${knob} ${valueText(knob, milder)}`]
  const fails = harsher === null ? [] : [`fails at ${knob} ${valueText(knob, harsher)}`]
  return [...passes, ...fails].join(', ') || 'nothing is known yet'
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`
}

/** `6.25 %`, `120 ms`, `1.5 s`, `316 kbit/s`, `5.6 Mbit/s` */
export function valueText(knob: Knob, value: number): string {
  const large = value >= 1000
  switch (knob) {
    case 'loss':
      return `${value} %`
    case 'delay':
    case 'jitter':
      return large ? `${value / 1000} s` : `${value} ms`
    case 'rate':
      return large ? `${value / 1000} Mbit/s` : `${value} kbit/s`
  }
}

/** `2 of 3 passed, 1 errored` */
function countText({ passed, failed, errored }: SearchPoint): string {
  const broken = errored === 0 ? '' : `, ${errored} errored`
  return `${passed} of ${passed + failed} passed${broken}`
}

/** `so it passes in 44-100 %` */
function rateText({ passed, failed, passRateInterval: [from, to] }: SearchPoint): string {
  if (passed + failed === 0) return ''
  return `passes in ${Math.round(from * 100)}-${Math.round(to * 100)} %`
}

/** Where the intervals overlap, both values may have the same rate. */
function mayBeChance(points: readonly SearchPoint[], failed: number, passed: number): string {
  const [low, high] = [failed, passed].map(
    (one) => points.find(({ value }) => value === one)?.passRateInterval,
  )
  return low && high && low[1] >= high[0] ? ' (which may be chance: their intervals overlap)' : ''
}
