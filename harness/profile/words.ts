import type { Constraint, Delay, Loss, QueueLimit } from '../model/profile.ts'

/** A constraint for people, such as `delay 30ms ±5ms normal, loss 1%, rate 20mbit`; '' when it changes nothing. */
export function constraintWords(constraint: Constraint): string {
  const { delay, loss, duplication, reordering, corruption, rate, queue, outage } = constraint
  const share = (name: string, fraction: number) => (fraction > 0 ? [`${name} ${percent(fraction)}`] : [])
  return [
    ...(delay === null ? [] : [delayWords(delay)]),
    ...(loss === null ? [] : [lossWords(loss)]),
    ...share('duplication', duplication),
    ...share('reordering', reordering),
    ...share('corruption', corruption),
    ...(rate === null ? [] : [`rate ${rateWords(rate)}`]),
    ...(queue === null ? [] : [`queue ${queueWords(queue)}`]),
    ...(outage === null
      ? []
      : [`out for ${time(outage.lastsSeconds)} of every ${time(outage.everySeconds)}`]),
  ].join(', ')
}

function delayWords({ seconds, jitterSeconds, distribution }: Delay): string {
  if (jitterSeconds === 0) return `delay ${time(seconds)}`
  const spread = distribution === 'uniform' ? '' : ` ${distribution}`
  return `delay ${time(seconds)} ±${time(jitterSeconds)}${spread}`
}

function lossWords(loss: Loss): string {
  switch (loss.type) {
    case 'random':
      return `loss ${percent(loss.average)}`
    case 'correlated':
      return `loss ${percent(loss.average)} correlated ${percent(loss.correlation)}`
    case 'bursty':
      return `bursts of loss (enter ${percent(loss.enter)}, leave ${percent(loss.leave)})`
  }
}

function rateWords(rate: number): string {
  const [unit, bits] = (
    [
      ['gbit', 1e9],
      ['mbit', 1e6],
      ['kbit', 1e3],
    ] as const
  ).find(([, one]) => rate >= one) ?? ['bit', 1]
  return `${rounded(rate / bits)}${unit}`
}

function queueWords({ unit, amount }: QueueLimit): string {
  if (unit === 'packets') return `${amount} packets`
  return amount >= 1000 ? `${rounded(amount / 1000)}kB` : `${amount}B`
}

function time(seconds: number): string {
  return seconds < 1 ? `${rounded(seconds * 1000)}ms` : `${rounded(seconds)}s`
}

function percent(fraction: number): string {
  return `${rounded(fraction * 100)}%`
}

/** Without the last digits that binary fractions leave behind. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
