/** Distances between ticks that people can count in, in seconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]

/** Positions of ticks from 0 to `to`, at most about `most` of them. @param to seconds */
export function ticksOf(to: number, most: number): number[] {
  const least = to / Math.max(1, most)
  const step = steps.find((one) => one >= least) ?? Math.ceil(least / 86_400) * 86_400
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step)
}

/** `0:45`, `12:05`, `1:02:05` */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
