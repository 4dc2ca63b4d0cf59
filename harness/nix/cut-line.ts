import { maxLineLength } from './read-lines.ts'

// @nix {"action":"result","fields":["machine # xxxx...   (cut before its "],"id":7,"type":101}")
const start = '@nix {"action":"result","fields":["'

/** An escape, at most `\u001b`, can be cut anywhere. */
const longestEscape = 6

/**
 * What is left of a builder's line that was too long to be read whole. Nix writes a result's text before its kind
 * and its activity, so of a cut one only the text is known; no other result is that long.
 * @returns null for any other line
 */
export function cutLogLine(line: string): string | null {
  if (line.length < maxLineLength || !line.startsWith(start)) return null
  for (let end = line.length; end >= line.length - longestEscape; end--) {
    const text = parsed(line.slice(start.length, end))
    if (text !== null) return text
  }
  return null
}

function parsed(inner: string): string | null {
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return null
  }
}
