/*
 * Text for XML 1.0 that every known consumer reads: libxml2 rejects a document for one control character,
 * even written as `&#27;`, and some readers join or lose text around the end of a CDATA section.
 */

// Everything outside Char of XML 1.0: C0 but tab, newline and return; lone surrogates; U+FFFE and U+FFFF.
const illegal =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const ansi = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g

/** How much of a long text is kept, in UTF-16 units. */
export interface TextLimit {
  head: number
  tail: number
}

const harmless = /^[\x20-\x7e\n]*$/

/** Text that XML can hold: without escape codes and illegal characters. */
export function xmlText(text: string): string {
  if (harmless.test(text)) return text
  return text.replace(ansi, '').replace(illegal, '').replace(/\r\n?/g, '\n')
}

/** The head and the tail of a long text, cut at line ends where one is near, with a word on what is missing. */
export function bounded(text: string, { head, tail }: TextLimit): string {
  if (text.length <= head + tail) return text
  const start = text.slice(0, head)
  const end = tail === 0 ? '' : text.slice(-tail)
  const startCut = start.lastIndexOf('\n') > head / 2 ? start.slice(0, start.lastIndexOf('\n')) : start
  const endAt = end.indexOf('\n')
  const endCut = endAt >= 0 && endAt < tail / 2 ? end.slice(endAt + 1) : end
  const left = text.length - startCut.length - endCut.length
  return xmlText(`${startCut}\n[… ${left} characters left out, see the log …]\n${endCut}`)
}

/** Seconds as consumers read them: at most three decimals, no exponent, no separators. */
export function xmlSeconds(seconds: number): number {
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) / 1000 : 0
}
