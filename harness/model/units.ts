import { UserError } from './user-error.ts'

const secondsPer: Record<string, number> = { s: 1, m: 60, h: 3600 }
const mebibytesPer: Record<string, number> = { M: 1, G: 1024, T: 1024 * 1024 }

/** Reads `90s`, `15m`, `1h` or plain seconds. @returns seconds. @throws UserError naming the option */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([smh]?)$/.exec(text.trim())
  const seconds = match ? Number(match[1]) * (secondsPer[match[2] || 's'] ?? 1) : 0
  if (!(seconds > 0)) {
    throw new UserError(`${option} ${text}: not a duration`, ['write it like 90s, 15m or 1h'])
  }
  return seconds
}

/** Reads `4G`, `512M`, `4GiB`. @returns MiB. @throws UserError naming the option */
export function parseMemory(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([MGT])(?:i?B)?$/i.exec(text.trim())
  const mebibytes = match
    ? Math.floor(Number(match[1]) * (mebibytesPer[(match[2] ?? '').toUpperCase()] ?? 0))
    : 0
  if (!(mebibytes > 0)) {
    throw new UserError(`${option} ${text}: not an amount of memory`, ['write it like 512M or 7G'])
  }
  return mebibytes
}

/** A measured time. @returns seconds to the millisecond: what is beyond is noise that a report should not carry */
export function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000
}

/** `3 ms`, `1.5 s`, `2 min 5 s`: short, for people. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `512 MiB`, `3.5 GiB`. */
export function formatMemory(mebibytes: number): string {
  if (mebibytes < 1024) return `${Math.round(mebibytes)} MiB`
  return `${Number((mebibytes / 1024).toFixed(1))} GiB`
}
