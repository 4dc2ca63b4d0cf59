import type { QueueLimit } from '../model/profile.ts'

/** A written value that cannot be meant. The message is a sentence about the value, for whoever wrote it. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
}

// In whole numbers, so that 200us is 0.0002 and nothing beside it.
const microsecondsPer: Record<string, number> = { us: 1, ms: 1e3, s: 1e6, m: 60e6 }
const bitsPer: Record<string, number> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 }
/** Of tc: to it, mbps are megabytes; to everybody else, megabits. */
const ambiguous = /^([kmgt]?)(i?)bps$/i
const bytesPer: Record<string, number> = { B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1024 ** 2 }

/** The kernel counts delays of netem in 32 bits of microseconds. */
const longestSeconds = 4000
/** tc counts bytes per second, and below this a single frame takes 12 s. */
const lowestRate = 1000
const highestRate = 100e9

/** `50ms`, `1.5s`, `200us`. @returns seconds. @throws BadValue */
export function parseTime(value: unknown): number {
  const seconds = parseUnit(value, microsecondsPer, '"50ms" or "1.5s"') / 1e6
  if (seconds > longestSeconds) throw new BadValue(`${shown(value)} is more than ${longestSeconds} s`)
  return seconds
}

/** `20mbit`, `64kbit`. @returns bits per second. @throws BadValue */
export function parseRate(value: unknown): number {
  const unit = typeof value === 'string' ? /[a-z]+$/i.exec(value.trim())?.[0] : undefined
  const prefix = unit === undefined ? undefined : ambiguous.exec(unit)?.[1]
  if (prefix !== undefined) {
    throw new BadValue(`${shown(value)} may mean bits or bytes: write ${prefix.toLowerCase()}bit for bits`)
  }
  const rate = parseUnit(value, bitsPer, '"20mbit" or "64kbit"')
  if (rate < lowestRate || rate > highestRate) {
    throw new BadValue(`${shown(value)} is not between 1kbit and 100gbit`)
  }
  return rate
}

/** `0.1%`. @returns a fraction between 0 and 1. @throws BadValue */
export function parseShare(value: unknown): number {
  const percent = parseUnit(value, { '%': 1 }, '"0.1%"')
  if (percent > 100) throw new BadValue(`${shown(value)} is more than 100%`)
  return percent / 100
}

/** `100 packets`, `64kB`, `1MiB`. @throws BadValue */
export function parseQueue(value: unknown): QueueLimit {
  const packets = typeof value === 'string' ? /^(\d+) packets?$/.exec(value.trim())?.[1] : undefined
  const limit: QueueLimit =
    packets === undefined
      ? { unit: 'bytes', amount: Math.round(parseUnit(value, bytesPer, '"100 packets" or "64kB"')) }
      : { unit: 'packets', amount: Number(packets) }
  const most = limit.unit === 'packets' ? 1e6 : 1e9
  if (limit.amount < 1 || limit.amount > most) throw new BadValue(`${shown(value)} is not a size of a queue`)
  return limit
}

/** A number and its unit, blanks between them allowed; units that differ only in case are told from each other. */
function parseUnit(value: unknown, units: Record<string, number>, example: string): number {
  if (typeof value !== 'string') throw new BadValue(`${shown(value)} needs a unit: write it like ${example}`)
  const match = /^(\d+(?:\.\d+)?)\s*(\S*)$/.exec(value.trim())
  if (!match) throw new BadValue(`${shown(value)} is not a number with a unit: write it like ${example}`)
  const [, number, unit = ''] = match
  const names = Object.keys(units)
  const name = names.find((one) => one === unit) ?? names.find((one) => one === unit.toLowerCase())
  if (unit === '') throw new BadValue(`${shown(value)} needs a unit: write it like ${example}`)
  if (name === undefined) throw new BadValue(`${unit} is no unit of this: known are ${names.join(', ')}`)
  return Number(number) * (units[name] ?? Number.NaN)
}

/** As the value stands in a file, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
