const times = 5

/**
 * Measures up to five times, until a value is right. For what a busy host makes worse and never better: such a host
 * may spoil one measurement or the other, a constraint that does not hold spoils all of them.
 *
 * @returns the first that is right, else the last
 */
export async function untilRight<T>(measure: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  let value = await measure()
  for (let count = 1; count < times && !isRight(value); count++) value = await measure()
  return value
}

/** Whether a value is as near to its target as `expect().toBeNear` demands with the same tolerance. */
export function isNear(
  value: number,
  target: number,
  tolerance: { percent?: number; absolute?: number },
): boolean {
  const reach = Math.max((Math.abs(target) * (tolerance.percent ?? 0)) / 100, tolerance.absolute ?? 0)
  return Math.abs(value - target) <= reach
}
