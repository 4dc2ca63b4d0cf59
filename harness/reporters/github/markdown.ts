import { oneLine, safeText } from '../safe-text.ts'

/*
 * Markdown in which foreign text is inert on GitHub: no markup, link, image, mention or reference comes alive. It is only
 * ever in code, which GitHub neither renders nor links, in one of three forms: a span, a fence, or escaped in an HTML
 * table, where no character of it means anything to Markdown.
 */

/** A code span whatever is in `text`: its fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const line = oneLine(text)
  if (line === '') return ''
  const fence = '`'.repeat(longestRun(line) + 1)
  // A blank is taken off at each end, so that a backtick can stand there.
  return `${fence} ${line} ${fence}`
}

/** A code block that nothing in its lines ends. Each line keeps its blanks. */
export function codeBlock(lines: readonly string[]): string[] {
  const safe = lines.flatMap((line) => safeText(line).split('\n'))
  const fence = '`'.repeat(Math.max(3, ...safe.map((line) => longestRun(line) + 1)))
  return [`${fence}text`, ...safe, fence]
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}

/** Something of a table: our own words, or foreign text. */
export type Cell = string | { code: string }

/** An HTML table: in one of Markdown a `|` would end a cell, in code too. */
export function htmlTable(header: readonly string[], rows: readonly Cell[][]): string[] {
  return [
    '<table>',
    `<tr>${header.map((title) => `<th>${title}</th>`).join('')}</tr>`,
    ...rows.map((row) => `<tr>${row.map((cell) => `<td>${cellText(cell)}</td>`).join('')}</tr>`),
    '</table>',
  ]
}

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return escapedHtml(cell)
  const line = oneLine(cell.code)
  return line === '' ? '' : `<code>${escapedHtml(line)}</code>`
}

function escapedHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const encoder = new TextEncoder()

/** Bytes of UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length
}

/** As many of the lines as fit, whole ones. @returns them and how many were left out */
export function fitting(lines: readonly string[], bytes: number): { kept: string[]; left: number } {
  let room = bytes
  const end = lines.findIndex((line) => {
    room -= bytesOf(line) + 1
    return room < 0
  })
  return end < 0 ? { kept: [...lines], left: 0 } : { kept: lines.slice(0, end), left: lines.length - end }
}
