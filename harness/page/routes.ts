import type { CheckSummary } from './data.ts'

/** Views that show the whole run. */
const runViews = ['checks', 'timeline', 'matrix', 'history'] as const
export type RunView = (typeof runViews)[number]

/** What the part of the address behind `#` asks for. */
export type Route =
  /** null: whatever view suits the run best. */
  | { view: 'run'; tab: RunView | null }
  | { view: 'check'; check: number }
  /** @property line 1-based; null: where something failed, else the end */
  | { view: 'log'; check: number; attempt: number; line: number | null }

/**
 * The address of a route, such as `#check/pair@slow/2/L120`: checks go by their titles, so that a link holds in the page
 * of another run, too. Of checks with one title (a flake and a suite may share a name) the later ones have a number.
 */
export function hrefOf(route: Route, checks: readonly Pick<CheckSummary, 'title'>[]): string {
  switch (route.view) {
    case 'run':
      return `#${route.tab ?? ''}`
    case 'check':
      return `#check/${slugOf(route.check, checks)}`
    case 'log': {
      const line = route.line === null ? '' : `/L${route.line}`
      return `#check/${slugOf(route.check, checks)}/${route.attempt}${line}`
    }
  }
}

/** Reads an address; what leads nowhere leads to the whole run. @param hash with or without its `#` */
export function routeOf(hash: string, checks: readonly Pick<CheckSummary, 'title'>[]): Route {
  const text = hash.replace(/^#/, '')
  const tab = runViews.find((view) => view === text)
  if (tab) return { view: 'run', tab }
  // check/pair%40slow/2/L120
  const match = /^check\/([^/]+)(?:\/(\d+)(?:\/L(\d+))?)?$/.exec(text)
  const check = match?.[1] === undefined ? -1 : checkBySlug(match[1], checks)
  if (check < 0) return { view: 'run', tab: null }
  if (match?.[2] === undefined) return { view: 'check', check }
  return { view: 'log', check, attempt: Number(match[2]), line: match[3] ? Number(match[3]) : null }
}

function slugOf(check: number, checks: Titles): string {
  const title = checks[check]?.title ?? ''
  const before = repetitionsIn(checks)[check] ?? 0
  // `@` is allowed there, and reads better as it is; `~` is ours.
  const slug = encodeURIComponent(title).replaceAll('%40', '@').replaceAll('~', '%7E')
  return before === 0 ? slug : `${slug}~${before + 1}`
}

type Titles = readonly Pick<CheckSummary, 'title'>[]

const knownRepetitions = new WeakMap<Titles, number[]>()

/** How many before each check have its title. Counted once: a timeline has thousands of links. */
function repetitionsIn(checks: Titles): number[] {
  const known = knownRepetitions.get(checks)
  if (known) return known
  const seen = new Map<string, number>()
  const repetitions = checks.map(({ title }) => {
    const before = seen.get(title) ?? 0
    seen.set(title, before + 1)
    return before
  })
  knownRepetitions.set(checks, repetitions)
  return repetitions
}

function checkBySlug(slug: string, checks: readonly Pick<CheckSummary, 'title'>[]): number {
  const [, name = '', repetition = '1'] = /^(.*?)(?:~(\d+))?$/.exec(slug) ?? []
  const title = decoded(name)
  const same = checks.flatMap((one, at) => (one.title === title ? [at] : []))
  return same[Number(repetition) - 1] ?? -1
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
