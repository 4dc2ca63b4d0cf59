/** Where values stand on an axis that runs from mild to harsh. */
export interface Axis {
  /** 0 at the mildest value, 1 at the harshest. */
  positionOf(value: number): number
  /** Values that have room for their names. */
  ticks: number[]
}

/** Beyond this, values are told apart by their logarithms. */
const wideSpan = 50
/** Names nearer to each other than this share of the axis would overlap. */
const room = 0.14

/** @param values from mild to harsh: they fall where a low value is harsh, as a rate's */
export function axisOf(values: readonly number[]): Axis {
  const [mildest = 0] = values
  const harshest = values.at(-1) ?? 0
  const isWide = Math.min(mildest, harshest) > 0 && ratio(mildest, harshest) > wideSpan
  const scaled = isWide ? Math.log : Number
  const span = scaled(harshest) - scaled(mildest)
  const positionOf = (value: number) =>
    span === 0 ? 0.5 : Math.abs((scaled(value) - scaled(mildest)) / span)
  const ticks: number[] = []
  for (const value of [harshest, ...values]) {
    if (ticks.every((tick) => Math.abs(positionOf(tick) - positionOf(value)) >= room)) ticks.push(value)
  }
  return { positionOf, ticks }
}

function ratio(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b)
}
