import { UserError } from '../model/user-error.ts'
import { nearNames } from '../plan/select.ts'

/** A table of a configuration file, keys as they are spelled there. */
export type Table = Record<string, unknown>

/** Which sections are wanted. */
export interface SectionChoice {
  /** In this order, the last one on top; null: nobody named any. */
  names: string[] | null
  /** What named them: `--section` or `VMPROOF_SECTION`. */
  by: string
  /** The variable that tells of a CI job, in which a section `ci` holds by itself; null outside of one. */
  ci: string | null
}

/** A section that holds, and who said so. */
export interface AppliedSection {
  name: string
  /** Such as `--section`, or `CI is set`. */
  because: string
}

/** The section that holds in CI jobs when none is named. */
const ciSection = 'ci'

/** @param known names of the sections that there are @throws UserError for one that does not exist */
export function chooseSections({ names, by, ci }: SectionChoice, known: readonly string[]): AppliedSection[] {
  if (names === null) {
    return ci && known.includes(ciSection) ? [{ name: ciSection, because: `${ci} is set` }] : []
  }
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return [...new Set(names)].map((name) => ({ name, because: by }))
  const near = nearNames(unknown, [...known])
  throw new UserError(`${by} ${unknown}: the configuration has no such section`, [
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : someSections(known),
  ])
}

function someSections(known: readonly string[]): string {
  return known.length > 0 ? `it has ${known.join(', ')}` : 'it has none, they begin with [sections.NAME]'
}

/**
 * Tables are laid over each other key by key, and lists of tables (checks, quarantine) are added behind: their later
 * entries win anyway. Everything else replaces what stood there.
 */
export function layOver(below: Table, above: Table): Table {
  const laid: Table = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = laid[key]
    if (isTable(old) && isTable(value)) laid[key] = layOver(old, value)
    else if (isListOfTables(old) && isListOfTables(value)) laid[key] = [...old, ...value]
    else laid[key] = value
  }
  return laid
}

/** A value of a file, by its key such as `run.jobs` or `checks[0]`, and where it stands. */
export interface PlacedValue {
  key: string
  value: unknown
  /** `vmproof.config.toml`, `section ci`. */
  from: string
}

/** All values of layers that are laid over each other, lowest first, each from the topmost layer that has it. */
export function placedValues(layers: readonly { from: string; table: Table }[]): PlacedValue[] {
  const values = new Map<string, PlacedValue>()
  const lengths = new Map<string, number>()
  const add = (prefix: string, table: Table, from: string) => {
    for (const [name, value] of Object.entries(table)) {
      const key = prefix === '' ? name : `${prefix}.${name}`
      if (isTable(value)) add(key, value, from)
      else if (isListOfTables(value)) addList(key, value, from)
      else values.set(key, { key, value, from })
    }
  }
  const addList = (key: string, list: Table[], from: string) => {
    for (const value of list) {
      const index = lengths.get(key) ?? 0
      lengths.set(key, index + 1)
      values.set(`${key}[${index}]`, { key: `${key}[${index}]`, value, from })
    }
  }
  for (const { from, table } of layers) add('', table, from)
  return [...values.values()]
}

/** Whether it is a table, and no list. */
function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function isListOfTables(value: unknown): value is Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable)
}
