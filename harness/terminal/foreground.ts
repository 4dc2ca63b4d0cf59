import { readFileSync } from 'node:fs'

/**
 * Whether the terminal listens to this process: one that was sent to the background with `bg` or `&` would draw over
 * the shell's prompt. True where it cannot be told.
 */
export function isForeground(): boolean {
  try {
    return foregroundOf(readFileSync('/proc/self/stat', 'latin1'))
  } catch {
    return true
  }
}

/** @param stat `4021 (node (x)) S 4000 4021 4000 34816 4021 …`: behind the name state, parent, group, session, tty, foreground group */
export function foregroundOf(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [, , group, , , foreground] = fields
  return foreground === undefined || foreground === '-1' || foreground === group
}
