import { relative } from 'node:path'

/** A path as messages have it. */
export function shownFile(file: string): string {
  return relative(process.cwd(), file)
}
