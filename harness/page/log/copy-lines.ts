import type { LogText } from './log-text.ts'
import { withoutCodes } from './sgr.ts'

/**
 * Copies the lines of a selection whole, as they stand in the file but for their codes. A browser would take the columns
 * apart: number, node and text each in a line of its own. A part of one line's text is left to the browser.
 */
export function copyLines(event: ClipboardEvent, log: LogText): void {
  const selection = getSelection()
  if (!selection || !(event.currentTarget instanceof Element)) return
  const { anchorNode, focusNode } = selection
  const text = textAround(anchorNode)
  if (text !== null && text === textAround(focusNode)) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-line]')]
  const lines = rows
    .filter((row) => selection.containsNode(row, true))
    .map((row) => withoutCodes(log.line(Number(row.dataset.line)) ?? ''))
  if (lines.length === 0) return
  event.clipboardData?.setData('text/plain', `${lines.join('\n')}\n`)
  event.preventDefault()
}

function textAround(node: Node | null): Element | null {
  const element = node instanceof Element ? node : (node?.parentElement ?? null)
  return element?.closest('.log-text') ?? null
}
