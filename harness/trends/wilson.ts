/** 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
const z = 1.959964

/**
 * Wilson's score interval for a rate, at 95 % confidence: sensible also for few trials and for rates of 0 and 1,
 * where the usual normal interval has no width. (E. B. Wilson, JASA 22, 1927)
 * @param trials 0 gives the whole range
 */
export function wilsonInterval(successes: number, trials: number): [number, number] {
  if (trials === 0) return [0, 1]
  const rate = successes / trials
  const spread = z * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials))
  const centre = rate + (z * z) / (2 * trials)
  const scale = 1 + (z * z) / trials
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)]
}
