/** GitLab takes 255 characters, and half of it where another job refers to it. */
export const longestJobName = 120

// Letters and digits of any script, and what no CI system gives a meaning: neither expressions nor quotes.
const strange = /[^\p{L}\p{N} ._@+=,:()/-]+/gu

/** Names for jobs: printable, bounded, each once. @param titles may be anything */
export function uniqueJobNames(titles: readonly string[]): string[] {
  const taken = new Set<string>()
  return titles.map((title) => {
    const name = freeName(safeName(title), taken)
    taken.add(name)
    return name
  })
}

function safeName(title: string): string {
  return shortened(title.replace(strange, '_').replace(/ +/g, ' ').trim(), longestJobName)
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let count = 2; ; count++) {
    const end = ` (${count})`
    const other = shortened(name, longestJobName - end.length) + end
    if (!taken.has(other)) return other
  }
}

/** Without half of a surrogate pair at its end. */
function shortened(text: string, length: number): string {
  return text.length <= length
    ? text
    : text
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()
}
