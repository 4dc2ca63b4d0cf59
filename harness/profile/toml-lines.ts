/** Keys and indexes on the way to a value, such as `['links', 0, 'loss']`. */
export type FieldPath = (string | number)[]

// [limits]      [[links]]      [nodes."agent 1"]
const header = /^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$/
// delay = "50ms"      loss.average = "1%"      "timeout-factor" = 2
const assignment = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/
const keyPart = /[\w-]+|"[^"]*"|'[^']*'/g

/**
 * Lines on which the fields of a TOML file stand. The reader of TOML tells no places but of broken syntax; this one
 * knows just enough of it for files that are written by hand, and says the nearest line that it knows.
 */
export class TomlLines {
  readonly #lines = new Map<string, number>()

  constructor(text: string) {
    let table: FieldPath = []
    const arrays = new Map<string, number>()
    for (const [index, line] of withoutLongStrings(text).entries()) {
      const [, bracket, name = ''] = header.exec(line) ?? []
      const key = assignment.exec(line)?.[1]
      if (bracket === '[[') table = nextOf(keysOf(name), arrays)
      else if (bracket === '[') table = inLatest(keysOf(name), arrays)
      if (bracket !== undefined) this.#remember(table, index + 1)
      else if (key !== undefined) this.#remember([...table, ...keysOf(key)], index + 1)
    }
  }

  /** @returns the line, from 1, of the field or of the nearest one around it */
  lineOf(path: FieldPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)))
      if (line !== undefined) return line
    }
    return 1
  }

  #remember(path: FieldPath, line: number): void {
    const key = JSON.stringify(path)
    if (!this.#lines.has(key)) this.#lines.set(key, line)
  }
}

function nextOf(keys: string[], arrays: Map<string, number>): FieldPath {
  const index = arrays.get(keys.join('.')) ?? 0
  arrays.set(keys.join('.'), index + 1)
  return [...keys, index]
}

/** `[links.loss]` belongs to the latest `[[links]]`. */
function inLatest(keys: string[], arrays: Map<string, number>): FieldPath {
  return keys.flatMap((key, index) => {
    const count = arrays.get(keys.slice(0, index + 1).join('.'))
    return count === undefined ? [key] : [key, count - 1]
  })
}

function keysOf(dotted: string): string[] {
  return [...dotted.matchAll(keyPart)].map(([key]) => key.replace(/^(["'])(.*)\1$/, '$2'))
}

/** Lines of the text; those inside strings of several lines are empty. */
function withoutLongStrings(text: string): string[] {
  const blank = (string: string) => string.replace(/[^\n]/g, '')
  return text.replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, blank).split('\n')
}
