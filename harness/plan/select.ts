import { distance } from 'fastest-levenshtein'
import picomatch from 'picomatch'
import type { ListedCheck } from '../model/check.ts'
import { compareText } from '../model/compare-text.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { CheckKind } from '../model/outcome.ts'
import { UserError } from '../model/user-error.ts'

/** What the command line and the configuration ask for; all of it must hold. */
export interface Selection {
  /** Names and globs; a check is in when any fits. Empty: all. */
  names: string[]
  /** A check is in when it has any of them. Empty: all. */
  tags: string[]
  /** A check is out when it has any of them. */
  notTags: string[]
  kind: CheckKind | null
}

/** A check that is in, and why. */
export interface SelectedCheck {
  check: ListedCheck
  /** It was named in full, not found by a glob, a tag or selecting all. */
  namedExplicitly: boolean
}

/**
 * The configuration's own selection stands where the command line names neither a check nor a tag; what the
 * command line leaves out by tag is left out on top of it.
 */
export function selectionFor(asked: Selection, defaults: { tags: string[]; notTags: string[] }): Selection {
  if (asked.names.length > 0 || asked.tags.length > 0) return asked
  return { ...asked, tags: defaults.tags, notTags: [...defaults.notTags, ...asked.notTags] }
}

/**
 * @returns the selected checks by name
 * @throws UserError with exit code 3 for a name or glob that fits nothing, and when nothing is left
 */
export function select(checks: ListedCheck[], selection: Selection): SelectedCheck[] {
  const named = byName(checks, selection.names)
  const selected = named.filter(
    ({ check }) => hasRightTags(check.tags, selection) && isKind(check, selection),
  )
  if (selected.length === 0) throw nothingLeft(checks.length, named.length, selection)
  return selected.sort((a, b) => compareText(a.check.name, b.check.name))
}

/** Any of `tags`, none of `notTags`. */
export function hasRightTags(tags: string[], selection: Pick<Selection, 'tags' | 'notTags'>): boolean {
  const wanted = selection.tags.length === 0 || selection.tags.some((tag) => tags.includes(tag))
  return wanted && !selection.notTags.some((tag) => tags.includes(tag))
}

function isKind(check: ListedCheck, selection: Selection): boolean {
  return selection.kind === null || check.kind === selection.kind
}

function byName(checks: ListedCheck[], patterns: string[]): SelectedCheck[] {
  if (patterns.length === 0) return checks.map((check) => ({ check, namedExplicitly: false }))
  const found = new Map<ListedCheck, boolean>()
  for (const pattern of patterns) {
    const exact = checks.filter((check) => check.name === pattern)
    const matching = exact.length > 0 ? exact : byGlob(checks, pattern)
    for (const check of matching) found.set(check, found.get(check) || exact.length > 0)
  }
  return [...found].map(([check, namedExplicitly]) => ({ check, namedExplicitly }))
}

/** Names are no paths: a star stands for any text, slashes and leading dots included. */
const globOptions = { dot: true, bash: true }

/** Whether a name is one of these, or fits one of these globs. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.includes(name) || picomatch.isMatch(name, [...patterns], globOptions)
}

function byGlob(checks: ListedCheck[], pattern: string): ListedCheck[] {
  if (!picomatch.scan(pattern).isGlob) throw unknownName(checks, pattern)
  const fits = picomatch(pattern, globOptions)
  const matching = checks.filter((check) => fits(check.name))
  if (matching.length > 0) return matching
  throw new UserError(
    `${pattern}: no check has a name like this`,
    ['vmproof list shows what exists'],
    exitCodes.nothingMatched,
  )
}

function unknownName(checks: ListedCheck[], name: string): UserError {
  const near = nearNames(
    name,
    checks.map((check) => check.name),
  )
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'vmproof list shows what exists'
  return new UserError(`${name}: there is no check of this name`, [hint], exitCodes.nothingMatched)
}

/** Up to three names that a slip of the finger, or a forgotten part, turns into `name`; nearest first. */
export function nearNames(name: string, known: string[]): string[] {
  const slips = Math.max(2, Math.floor(name.length / 3))
  return known
    .map((one) => ({ one, far: isPartOf(name, one) || isPartOf(one, name) ? 1 : distance(name, one) }))
    .filter(({ far }) => far <= slips)
    .sort((a, b) => a.far - b.far || compareText(a.one, b.one))
    .slice(0, 3)
    .map(({ one }) => one)
}

/** Two letters are part of almost everything. */
function isPartOf(part: string, whole: string): boolean {
  return part.length > 2 && whole.includes(part)
}

function nothingLeft(all: number, named: number, selection: Selection): UserError {
  const filters = [
    ...(selection.tags.length > 0 ? [`has the tag ${selection.tags.join(' or ')}`] : []),
    ...(selection.notTags.length > 0 ? [`lacks the tag ${selection.notTags.join(', ')}`] : []),
    ...(selection.kind === null ? [] : [`is of kind ${selection.kind}`]),
  ]
  const why =
    all === 0
      ? 'there is no check at all here'
      : `none of ${named} check${named === 1 ? '' : 's'} ${filters.join(' and ')}`
  return new UserError(
    `nothing to run: ${why}`,
    ['vmproof list shows names, kinds and tags'],
    exitCodes.nothingMatched,
  )
}
