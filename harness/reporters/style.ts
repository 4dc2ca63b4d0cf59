import pc from 'picocolors'
import type { AssertionOutcome, Outcome } from '../model/outcome.ts'

/**
 * Colours as emphasis only: without them every line says the same. Of the 16 that a theme defines, those that are
 * read on dark and on light ground: no yellow, no cyan, no white. What is dim is half as strong in any theme; nothing
 * that somebody has to act on is.
 */
export interface Style {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
}

/** @param color false: every text stays as it is */
export function createStyle(color: boolean): Style {
  const colors = pc.createColors(color)
  return {
    good: (text) => colors.green(text),
    bad: (text) => colors.red(text),
    warn: (text) => colors.magenta(text),
    dim: (text) => colors.dim(text),
    bold: (text) => colors.bold(text),
  }
}

type Tone = 'good' | 'bad' | 'warn' | 'dim'

interface Look {
  /** One column wide. */
  mark: string
  /** For the narrow column before a line of plain output, at most 7 letters. */
  label: string
  words: string
  tone: Tone
}

/** How each outcome of a check looks, everywhere. */
export const outcomeLooks: Record<Outcome, Look> = {
  passed: { mark: '✓', label: 'PASSED', words: 'passed', tone: 'good' },
  failed: { mark: '✗', label: 'FAILED', words: 'failed', tone: 'bad' },
  errored: { mark: '!', label: 'ERROR', words: 'errored', tone: 'bad' },
  'timed-out': { mark: '✗', label: 'TIMEOUT', words: 'timed out', tone: 'bad' },
  interrupted: { mark: '!', label: 'STOPPED', words: 'interrupted', tone: 'warn' },
  skipped: { mark: '-', label: 'SKIPPED', words: 'skipped', tone: 'warn' },
  unknown: { mark: '?', label: 'UNKNOWN', words: 'unknown', tone: 'warn' },
}

/** How each outcome of an assertion looks. */
export const assertionLooks: Record<AssertionOutcome, Omit<Look, 'label'>> = {
  passed: { mark: '✓', words: 'passed', tone: 'good' },
  failed: { mark: '✗', words: 'failed', tone: 'bad' },
  errored: { mark: '!', words: 'errored', tone: 'bad' },
  unfinished: { mark: '○', words: 'not finished', tone: 'warn' },
}
