// East Asian wide and emoji ranges: a terminal gives each of these two columns.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
const emoji = /\p{Emoji_Presentation}/u
const zero = /(?!\u00ad)[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u

/** How many columns a terminal gives to `text`, which holds no escape codes. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOfCharacter(character)
  return columns
}

function columnsOfCharacter(character: string): number {
  if (character <= '~') return 1
  if (zero.test(character)) return 0
  return wide.test(character) || emoji.test(character) ? 2 : 1
}

/** `text` cut to at most `columns`, the cut marked by an ellipsis. */
export function clip(text: string, columns: number): string {
  if (text.length * 2 <= columns || columnsOf(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let used = 0
  for (const character of text) {
    used += columnsOfCharacter(character)
    if (used > columns - 1) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** `text` in exactly `columns`: cut or filled with blanks behind it. */
export function pad(text: string, columns: number): string {
  const cut = clip(text, columns)
  return cut + ' '.repeat(Math.max(0, columns - columnsOf(cut)))
}

/** `text` in rows of at most `columns`, broken anywhere: it is a log's, not prose. */
export function wrap(text: string, columns: number): string[] {
  if (text.length * 2 <= columns || columnsOf(text) <= columns) return [text]
  const rows: string[] = []
  let row = ''
  let used = 0
  for (const character of text) {
    const needed = columnsOfCharacter(character)
    if (used + needed > columns) {
      rows.push(row)
      row = ''
      used = 0
    }
    row += character
    used += needed
  }
  return [...rows, row]
}
