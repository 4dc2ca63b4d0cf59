/**
 * Whether to colour what goes to `stream`: `NO_COLOR` (not empty) forbids it, `FORCE_COLOR` (neither empty, `0`
 * nor `false`) demands it, else a terminal decides that is not `dumb`.
 */
export function hasColor(
  stream: { isTTY?: boolean },
  env: Record<string, string | undefined> = process.env,
): boolean {
  const { NO_COLOR: no = '', FORCE_COLOR: force, TERM: term } = env
  if (no !== '') return false
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY === true && term !== 'dumb'
}
