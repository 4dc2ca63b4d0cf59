import type { Capabilities } from './capabilities.ts'
import { badWords } from './progress-row.ts'
import type { RunNumbers } from './run-numbers.ts'

/** Tells the window around a terminal how far a run is: by its title and by the progress of its tab. */
export interface WindowStatus {
  /** Codes that tell what has changed; empty when nothing has. */
  tell(numbers: RunNumbers): string
  /** Codes that take it all back; empty when nothing was told. */
  clear(): string
}

const terminator = '\x1b\\'
const titled = (text: string) => `\x1b]2;${text}${terminator}`
// XTWINOPS: most terminals have a stack of titles; the others have an empty one until the shell sets its own.
const pushTitle = '\x1b[22;2t'
const popTitle = '\x1b[23;2t'
const states = { none: 0, normal: 1, error: 2 }
const progress = (state: keyof typeof states, percent: number) =>
  `\x1b]9;4;${states[state]};${percent}${terminator}`

/** A status of a terminal that can do this. Counts only: nothing that a check could have made up. */
export function createWindowStatus(can: Pick<Capabilities, 'title' | 'progress'>): WindowStatus {
  let title = ''
  let bar = ''
  return {
    tell(numbers) {
      const before = { title, bar }
      if (can.title) title = titleOf(numbers)
      if (can.progress) bar = progressOf(numbers)
      const first = before.title === '' ? pushTitle : ''
      return (title === before.title ? '' : first + titled(title)) + (bar === before.bar ? '' : bar)
    },
    clear() {
      const codes = (title === '' ? '' : titled('') + popTitle) + (bar === '' ? '' : progress('none', 0))
      title = ''
      bar = ''
      return codes
    },
  }
}

function titleOf({ ended, total }: RunNumbers): string {
  const bad = badWords(ended)
  return ['vmproof', `${ended.length}/${total}`, bad].filter((part) => part !== null).join(' · ')
}

function progressOf({ ended, total }: RunNumbers): string {
  const percent = total === 0 ? 0 : Math.floor((ended.length / total) * 100)
  return progress(badWords(ended) === null ? 'normal' : 'error', percent)
}
