import type { EvaluationError } from '../model/check.ts'
import { plainText } from './nix-text.ts'

/** As many lines of Nix's own words as help; a trace can have thousands. */
const maxDetails = 40

/**
 * Condenses an error of the Nix evaluator to the line that matters. Until 2.19 the message comes first and the
 * trace behind it; since 2.20 the trace comes first and the message last, indented, again behind `error:`.
 *
 * @param text the message as logged, escape codes allowed
 * @param raw Nix's `raw_msg` of internal-json where it has one: the message without any frame
 */
export function condenseEvaluationError(text: string, raw: string | null): EvaluationError {
  const plain = plainText(text).replace(/\r/g, '')
  const full = headOf(plainText(raw ?? '')) || lastErrorLine(plain) || headOf(plain)
  const message = shortPaths(full)
  const place = sourcePlace(plain)
  const suggestion = /Did you mean (.+?)\?/.exec(plain)?.[1]
  const hint = hintFor(plain)
  const parts = [message, place && `at ${place}`].filter(Boolean).join(' ')
  return {
    message: suggestion ? `${parts}; did you mean ${suggestion}?` : parts,
    details: [...(hint ? [hint] : []), ...detailsOf(plain, full)],
  }
}

//        error: attribute 'foobat' missing
function lastErrorLine(plain: string): string {
  const lines = [...plain.matchAll(/^\s*error:[ \t]*(\S.*)$/gm)]
  return lines.at(-1)?.[1]?.trim() ?? ''
}

//        at /nix/store/…-source/flake.nix:9:42:
function sourcePlace(plain: string): string | null {
  const start = [...plain.matchAll(/^\s*error:[ \t]*\S/gm)].at(-1)?.index ?? 0
  const places = [...plain.matchAll(/\bat ((?:\/|«)[^\n]*?:\d+:\d+)/g)].filter((match) =>
    isOfUser(match[1] ?? ''),
  )
  const after = places.find((match) => match.index >= start)
  const place = (after ?? places.at(-1))?.[1]
  return place ? shortPaths(place) : null
}

/** `«string»` is the expression that the harness itself hands to Nix. */
function isOfUser(place: string): boolean {
  return !place.startsWith('«string»') && !place.startsWith('«none»')
}

// /nix/store/p127yc0az73dgpjibpa2xn69x1fs1akl-source/flake.nix → flake.nix
function shortPaths(text: string): string {
  return text.replace(/\/nix\/store\/[a-z0-9]{32}-source\//g, '')
}

// error: getting status of '/nix/store/…-source/x.nix': No such file or directory
// error: path '/nix/store/…-source/x.nix' does not exist
// error: Path 'x.nix' in the repository "/home/me/project" is not tracked by Git.
function hintFor(plain: string): string | null {
  const match =
    /'\/nix\/store\/[a-z0-9]{32}-source\/([^']+)'(?:: No such file or directory| does not exist)/.exec(
      plain,
    ) ?? /[Pp]ath '([^']+)' in the repository .* is not tracked by Git/.exec(plain)
  return match?.[1] ? `files that git does not know are invisible to a flake: git add -N ${match[1]}` : null
}

/** Without the line that is the message already, and without frames in the harness's own expression. */
function detailsOf(plain: string, message: string): string[] {
  const kept: string[] = []
  let isOurs = false
  for (const line of plain.split('\n').map((one) => one.trimEnd())) {
    if (/^\s*at /.test(line)) isOurs = /^\s*at «(string|none)»/.test(line)
    else if (isOurs && line !== '' && !isSourceLine(line)) isOurs = false
    if (isOurs) dropHeading(kept)
    else if (!isSaid(line, message)) kept.push(line)
  }
  dropHeading(kept)
  // The frames nearest to the error stand last since 2.20, before it first.
  return /^error:[ \t]*\S/.test(plain.trimStart()) ? kept.slice(0, maxDetails) : kept.slice(-maxDetails)
}

//             29| in
//              |   ^
function isSourceLine(line: string): boolean {
  return /^\s*\d*\|/.test(line)
}

//        … while evaluating a branch condition
function dropHeading(kept: string[]): void {
  if (/^\s*… /.test(kept.at(-1) ?? '')) kept.pop()
}

function isSaid(line: string, message: string): boolean {
  const text = line.trim()
  return text === '' || text === 'error:' || text === `error: ${message}` || text.startsWith('(stack trace')
}

// Failed assertions:
// - services.x.enable needs services.y
function headOf(text: string): string {
  const [first = '', second = ''] = text.split('\n').filter((line) => line.trim() !== '')
  return first.trim().endsWith(':') ? `${first.trim()} ${second.trim()}`.trim() : first.trim()
}
