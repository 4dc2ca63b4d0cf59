/**
 * The line of a source that a complaint about a value is best shown at: where the keys that lead to it are found
 * one behind the other. A guess, because definitions may be put together by any means; without a key, the line of
 * the default export.
 * @param path keys such as `nodes`, `alpha`, `memory` @returns 1-based
 */
export function lineOfKeys(source: string, path: string[]): number {
  const start = Math.max(0, source.search(/^export default\b/m))
  let at = start
  for (const key of path) {
    const found = source.slice(at).search(new RegExp(`(?<![\\w$.-])['"]?${escaped(key)}['"]?\\s*:`))
    if (found < 0) break
    at += found
  }
  return source.slice(0, at).split('\n').length
}

function escaped(key: string): string {
  return key.replace(/[^\w]/g, '\\$&')
}
