import { closest, distance } from 'fastest-levenshtein'
import type { FieldPath } from './toml-lines.ts'
import { BadValue, shown } from './units.ts'

/** Something wrong with a field. */
export interface FieldIssue {
  path: FieldPath
  message: string
}

/**
 * One table of written fields. Each is read by its own parser; what is wrong is gathered, so that one reading tells
 * all of it.
 */
export class FieldTable {
  readonly #fields: Record<string, unknown>
  readonly #path: FieldPath
  readonly #issues: FieldIssue[]

  /** @param known keys that may stand here; each other is an issue */
  constructor(value: unknown, known: readonly string[], place: { path: FieldPath; issues: FieldIssue[] }) {
    this.#path = place.path
    this.#issues = place.issues
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
    this.#fields = isTable ? (value as Record<string, unknown>) : {}
    if (!isTable) this.#issues.push({ path: this.#path, message: `${shown(value)} is not a table` })
    for (const key of Object.keys(this.#fields)) {
      if (!known.includes(key)) this.complain(key, unknownKey(key, known))
    }
  }

  has(key: string): boolean {
    return this.#fields[key] !== undefined
  }

  complain(key: string, message: string): void {
    this.#issues.push({ path: [...this.#path, key], message })
  }

  /** @returns what the field says; `fallback` when it is not there or cannot be read */
  read<T, Fallback = T>(key: string, parse: (value: unknown) => T, fallback: Fallback): T | Fallback {
    if (!this.has(key)) return fallback
    try {
      return parse(this.#fields[key])
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      this.complain(key, error.message)
      return fallback
    }
  }

  /** A table inside this one. */
  table(key: string, known: readonly string[]): FieldTable {
    return new FieldTable(this.#fields[key], known, { path: [...this.#path, key], issues: this.#issues })
  }

  /** The tables of an array `[[key]]`; none when it is not there. */
  tables(key: string, known: readonly string[]): FieldTable[] {
    const value = this.#fields[key] ?? []
    if (!Array.isArray(value)) {
      this.complain(key, `write each as a table of its own: [[${key}]]`)
      return []
    }
    return value.map(
      (one, index) => new FieldTable(one, known, { path: [...this.#path, key, index], issues: this.#issues }),
    )
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = closest(key, known)
  const isSlip = distance(key, near) <= Math.max(2, Math.floor(key.length / 3))
  return isSlip
    ? `there is no ${key}: did you mean ${near}?`
    : `there is no ${key}: known are ${known.join(', ')}`
}

/** @throws BadValue for everything but a text with something in it */
export function parseText(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new BadValue(`${shown(value)} is not a text`)
  return value.trim()
}

/** @returns a parser that knows only these words */
export function oneOf<Word extends string>(words: readonly Word[]): (value: unknown) => Word {
  return (value) => {
    const word = words.find((one) => one === value)
    if (word === undefined) throw new BadValue(`${shown(value)} is none of ${words.join(', ')}`)
    return word
  }
}

/** @returns a parser of numbers without a unit */
export function numberBetween(
  least: number,
  most: number,
  kind: 'whole' | 'any',
): (value: unknown) => number {
  return (value) => {
    const isRight = typeof value === 'number' && (kind === 'any' || Number.isInteger(value))
    if (isRight && value >= least && value <= most) return value
    throw new BadValue(
      `${shown(value)} is not a ${kind === 'whole' ? 'whole ' : ''}number from ${least} to ${most}`,
    )
  }
}
