/** `0:07`, `12:05`, `1:02:03`: keeps its width while it counts. */
export function formatClock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** `~4 min left`: as coarse as it is uncertain, so that it changes seldom. */
export function formatLeft(seconds: number): string {
  if (seconds <= 3) return 'almost done'
  const step = seconds <= 20 ? 5 : 10
  if (seconds <= 60) return `~${Math.ceil(seconds / step) * step} s left`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `~${minutes} min left`
  const rounded = Math.ceil(minutes / 10) * 10
  const rest = rounded % 60
  return `~${Math.floor(rounded / 60)} h${rest > 0 ? ` ${rest} min` : ''} left`
}
