/** A stretch of a line in one style. */
export interface Span {
  text: string
  /** Names of CSS classes, separated by blanks; empty for plain text. */
  classes: string
}

/** 0 to 7 as in SGR 30-37. Bright ones count as their plain ones: the page's palette is readable on both its grounds. */
type Hue = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

interface Style {
  hue: Hue | null
  ground: Hue | null
  bold: boolean
  dim: boolean
  italic: boolean
  underline: boolean
  inverse: boolean
}

const plain: Style = {
  hue: null,
  ground: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
}

// \e[1;38:5:208m   styles are kept
// \e[2J \e]0;title\a \eP...\e\\ \e(B   cursors, titles, strings and charsets are not; an unfinished one loses only its ESC
// \r \b \u202e   neither are other controls, whatever they would do to a terminal or to the order of letters
const codes =
  /\u001b\[([\d;:]*)m|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-OQ-WYZ`-~\\]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const nearlyAll = /^[\t\n -~]*$/

/** Text as it is searched and copied: without codes and controls; lines stay lines. */
export function withoutCodes(text: string): string {
  return nearlyAll.test(text) ? text : text.replace(codes, '')
}

/** A line's text with its styles as spans; every line begins plain, because lines of several consoles alternate. */
export function spansOf(line: string): Span[] {
  if (nearlyAll.test(line)) return line === '' ? [] : [{ text: line, classes: '' }]
  const spans: Span[] = []
  let style = plain
  let from = 0
  let text = ''
  const flush = () => {
    if (text !== '') spans.push({ text, classes: classesOf(style) })
    text = ''
  }
  for (const match of line.matchAll(codes)) {
    text += line.slice(from, match.index)
    from = match.index + match[0].length
    if (match[1] === undefined) continue
    flush()
    style = styled(style, match[1])
  }
  text += line.slice(from)
  flush()
  return spans
}

function classesOf({ hue, ground, bold, dim, italic, underline, inverse }: Style): string {
  // Any colour is readable on the page's ground, but not any on any: on a tinted ground text keeps its own colour.
  const colour =
    ground !== null ? `sgr-ground-${ground}` : inverse ? 'sgr-inverse' : hue === null ? '' : `sgr-hue-${hue}`
  return [colour, bold && 'sgr-bold', dim && 'sgr-dim', italic && 'sgr-italic', underline && 'sgr-underline']
    .filter(Boolean)
    .join(' ')
}

/** @param parameters between `ESC [` and `m` */
function styled(before: Style, parameters: string): Style {
  const style = { ...before }
  const numbers = parameters.split(/[;:]/).map(Number)
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0
    if (number === 38 || number === 48) {
      const [hue, used] = extendedHue(numbers.slice(at + 1))
      if (number === 38) style.hue = hue
      else style.ground = hue
      at += used
    } else apply(style, number)
  }
  return style
}

function apply(style: Style, number: number): void {
  const simple = simpleStyles[number]
  if (simple) Object.assign(style, simple)
  else if (number >= 30 && number <= 37) style.hue = (number - 30) as Hue
  else if (number >= 40 && number <= 47) style.ground = (number - 40) as Hue
  else if (number >= 90 && number <= 97) style.hue = (number - 90) as Hue
  else if (number >= 100 && number <= 107) style.ground = (number - 100) as Hue
}

/** Concealed text (8) stays visible: nothing is hidden from whoever reads a log. */
const simpleStyles: Record<number, Partial<Style>> = {
  0: plain,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  39: { hue: null },
  49: { ground: null },
}

/** `5;N` or `2;R;G;B` behind 38 or 48. @returns the nearest hue, and how many numbers tell it */
function extendedHue([kind, ...rest]: number[]): [Hue | null, number] {
  if (kind === 2) return [nearestHue(rest.slice(0, 3)), 4]
  if (kind !== 5) return [null, 1]
  const number = rest[0] ?? 0
  if (number < 16) return [(number % 8) as Hue, 2]
  if (number >= 232) return [number < 244 ? 0 : 7, 2]
  // A cube of six steps for each of red, green and blue.
  const cube = number - 16
  return [nearestHue([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => step * 51)), 2]
}

function nearestHue([red = 0, green = 0, blue = 0]: number[]): Hue {
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  if (most - least < 48) return most < 128 ? 0 : 7
  const middle = (most + least) / 2
  return (Number(red > middle) + 2 * Number(green > middle) + 4 * Number(blue > middle)) as Hue
}
