/**
 * Globs of node names: `*` stands for any text, `?` for one character, and `!` at the beginning for every name that
 * the rest does not fit. No more than that, so that Nix can read them by a regular expression, and so that two globs
 * can be asked for a name that both fit.
 */

/** Whether a node of this name is meant. */
export function fitsNode(glob: string, name: string): boolean {
  const { body, negated } = parts(glob)
  const end = [...name].reduce((places, character) => step(body, places, character), start(body))
  return isAccepted(body, end) !== negated
}

/** @returns a name that both globs fit, null when there is none */
export function commonName(one: string, other: string): string | null {
  const globs = [parts(one), parts(other)]
  const alphabet = charactersOf(one + other)
  const queue = [{ name: '', places: globs.map(({ body }) => start(body)) }]
  const seen = new Set<string>()
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name, places } = next
    const fits = globs.every(({ body, negated }, index) => isAccepted(body, places[index] ?? []) !== negated)
    if (name !== '' && fits) return name
    for (const character of alphabet) {
      const after = globs.map(({ body }, index) => step(body, places[index] ?? [], character))
      const key = JSON.stringify(after)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push({ name: name + character, places: after })
    }
  }
  return null
}

/** The same as a POSIX extended regular expression that must match a whole name. */
export function nodePattern(glob: string): { pattern: string; negated: boolean } {
  const { body, negated } = parts(glob)
  return { pattern: body.replaceAll('*', '.*').replaceAll('?', '.'), negated }
}

function parts(glob: string): { body: string; negated: boolean } {
  return glob.startsWith('!') ? { body: glob.slice(1), negated: true } : { body: glob, negated: false }
}

/** Places in a glob behind which reading may go on, ascending: a glob read as a nondeterministic automaton. */
type Places = number[]

function start(body: string): Places {
  return behindStars(body, [0])
}

function step(body: string, places: Places, character: string): Places {
  const next = places.flatMap((place) => {
    const wanted = body[place]
    if (wanted === '*') return [place]
    return wanted === '?' || wanted === character ? [place + 1] : []
  })
  return behindStars(body, next)
}

/** A star may stand for nothing. */
function behindStars(body: string, places: Places): Places {
  const all = new Set<number>()
  for (const place of places) {
    all.add(place)
    for (let at = place; body[at] === '*'; at++) all.add(at + 1)
  }
  return [...all].sort((a, b) => a - b)
}

function isAccepted(body: string, places: Places): boolean {
  return places.includes(body.length)
}

/** Those that the globs name, and one more, which stands for all others. */
function charactersOf(globs: string): string[] {
  const named = [...new Set(globs.replace(/[*?!]/g, ''))]
  const other = [...'abcdefghijklmnopqrstuvwxyz0123456789_-'].find((one) => !named.includes(one))
  return other === undefined ? named : [other, ...named]
}
