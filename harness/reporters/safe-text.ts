/*
 * Logs are sanitised where they are read, but names of checks, files and whatever Nix said reach a reporter as
 * they are. Everything that is printed goes through here, so no string can move a cursor or break a line.
 */

// CSI `ESC [ ... letter`, OSC `ESC ] ... BEL|ST`, then whatever else of a control is left, bidirectional
// overrides, line separators and what XML forbids included. Tab and newline stay.
const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]/g
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g
const brokenPairs = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Nearly every text is like this, and a report may hold a hundred thousand. */
const harmless = /^[\x20-\x7e]*$/

/** Text without escape codes and control characters; tabs become spaces, newlines stay. */
export function safeText(text: string): string {
  if (harmless.test(text)) return text
  return text
    .replace(/\r\n?/g, '\n')
    .replace(escapes, '')
    .replace(controls, '')
    .replace(brokenPairs, '\ufffd')
    .replaceAll('\t', '    ')
}

/** The same on one line: a newline and the blanks around it become one space. */
export function oneLine(text: string): string {
  if (harmless.test(text)) return text.trim()
  return safeText(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

/** Lines without trailing blanks, and without empty lines at either end. */
export function safeLines(text: string): string[] {
  const lines = safeText(text)
    .split('\n')
    .map((line) => line.trimEnd())
  while (lines[0] === '') lines.shift()
  while (lines.at(-1) === '') lines.pop()
  return lines
}

/*
 * What runners take for a command, by GitHub's own code (actions/runner: ActionCommand, OutputManager):
 * `::error::text` where a line begins, after any Unicode white space; `##[error]text` anywhere in a line. Lines end at
 * \n and at \r. Azure Pipelines and TeamCity obey `##vso[...]` and `##teamcity[...]`. Colours are allowed before `::`
 * because some agents strip them first, and U+0085 because .NET counts it as white space.
 */
const commandStart = /^((?:[\s\x85]|\x1b\[[\d;]*m)*)(?=::)/
const commandInside = /##(?=(?:vso|teamcity)?\[)/gi

/** A line that no CI takes for a command. */
export function inertLine(line: string): string {
  return line.replace(commandStart, '$1│ ').replace(commandInside, '## ')
}
