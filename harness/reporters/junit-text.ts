/** How much of a long text is kept, in UTF-16 units. */
export interface TextLimit {
  head: number
  tail: number
}

/** The head and the tail of a long text, cut at line ends where one is near, with a word on what is missing. */
export function bounded(text: string, { head, tail }: TextLimit): string {
  if (text.length <= head + tail) return text
  const start = headOf(text.slice(0, head), head)
  const end = tailOf(text.slice(-tail), tail)
  const left = text.length - start.length - end.length
  return `${start}\n[… ${left} characters left out, see the log …]\n${end}`
}

function headOf(text: string, limit: number): string {
  const lineEnd = text.lastIndexOf('\n')
  // Half a character is none that XML can hold.
  return lineEnd > limit / 2 ? text.slice(0, lineEnd) : text.replace(/[\ud800-\udbff]$/, '')
}

function tailOf(text: string, limit: number): string {
  const lineEnd = text.indexOf('\n')
  return lineEnd >= 0 && lineEnd < limit / 2 ? text.slice(lineEnd + 1) : text.replace(/^[\udc00-\udfff]/, '')
}

/** Seconds as consumers read them: at most three decimals, no exponent, no separators. */
export function xmlSeconds(seconds: number): number {
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) / 1000 : 0
}

/** GitLab takes the first of these for a file of the job, and a guest can print one. */
export function inertAttachments(text: string): string {
  return text.replaceAll('[[ATTACHMENT|', '[[ATTACHMENT │')
}
