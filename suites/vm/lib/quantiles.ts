/** @param part between 0 and 1: 0.5 is the median. @returns NaN of nothing */
export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The one in the middle. */
export function median(values: number[]): number {
  return quantile(values, 0.5)
}

/** Half the width of the middle 68 %: the standard deviation of a normal distribution, deaf to a few outliers. */
export function spread(values: number[]): number {
  return (quantile(values, 0.8413) - quantile(values, 0.1587)) / 2
}
