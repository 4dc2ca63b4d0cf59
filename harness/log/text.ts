import { Buffer } from 'node:buffer'
import { plainText } from './nix-text.ts'

/**
 * Inside log/ a line is the latin1 reading of its bytes: one character a byte, so that any cut is harmless and
 * nothing is decoded that is thrown away. These functions turn what is kept into text.
 */

/** Codes that the NixOS test driver always writes (colorama, also without a terminal). */
export const bold = '\u001b[1m\u001b[32m'
export const dim = '\u001b[2m'
export const reset = '\u001b[0m'
/** In front of every line of an error. */
export const bang = '\u001b[31m!!! \u001b[0m'

const needsWork = /[^\t\n -~]/
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const escapeCodes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g

/** @returns the bytes' UTF-8 text without escape codes and control characters; tabs and newlines stay */
export function clean(raw: string): string {
  return needsWork.test(raw) ? plainText(Buffer.from(raw, 'latin1').toString('utf8')) : raw
}

/** As `clean`, for what may be a slice of a chunk and outlives it. */
export function kept(raw: string): string {
  return clean(copy(raw))
}

/** As `clean`, and nothing in it can turn the direction of the text around it. For words shown as ours. */
export function cleanMessage(raw: string): string {
  return kept(raw).replace(bidiControls, '')
}

/** Line breaks and the blanks around them become one blank. */
export function withoutBreaks(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

/** Still latin1. Cheap where there is no escape code. */
export function withoutCodes(raw: string): string {
  return raw.includes('\u001b') ? raw.replace(escapeCodes, '') : raw
}

/**
 * A slice keeps its whole chunk of the log in memory; what outlives the chunk must be a copy. Joining makes the engine
 * write the characters anew, several times faster than a detour through a buffer.
 */
export function copy(raw: string): string {
  return ` ${raw}`.slice(1)
}

/** Runs of blanks count as one: tools expand tabs by the column and trim ends. */
export function squeeze(raw: string): string {
  return withoutCodes(raw)
    .replace(/[ \t]+/g, ' ')
    .trim()
}

/** UTF-8 text as the latin1 reading of its bytes. */
export function toBytesString(text: string): string {
  return needsWork.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}
