import type { Outcome } from '../../model/outcome.ts'
import { assertionLooks, outcomeLooks } from '../../reporters/style.ts'
import type { Tally } from '../../reporters/wording.ts'

/** Names of the colours in theme.css. */
export const outcomeTones: Record<Outcome, string> = {
  passed: 'passed',
  failed: 'failed',
  'timed-out': 'failed',
  errored: 'errored',
  interrupted: 'warned',
  unknown: 'warned',
  skipped: 'skipped',
}

/** How a check ended: a mark, and its word unless that stands beside it anyway. */
export function OutcomeMark({ outcome, words = false }: { outcome: Outcome; words?: boolean }) {
  const { mark, words: said } = outcomeLooks[outcome]
  return (
    <span class={`mark tone-${outcomeTones[outcome]}`}>
      <span aria-hidden="true">{mark}</span>
      {words ? ` ${said}` : <span class="unseen">{said}</span>}
    </span>
  )
}

/** How an assertion counts. */
export const tallyLooks: Record<Tally, { mark: string; words: string; tone: string }> = {
  passed: { ...assertionLooks.passed, tone: 'passed' },
  failed: { ...assertionLooks.failed, tone: 'failed' },
  errored: { ...assertionLooks.errored, tone: 'errored' },
  unfinished: { ...assertionLooks.unfinished, tone: 'warned' },
  caught: { mark: '✗', words: 'failed, and the script went on', tone: 'warned' },
}

/** How something in a check ended. */
export function TallyMark({ tally }: { tally: Tally }) {
  const { mark, words, tone } = tallyLooks[tally]
  return (
    <span class={`mark tone-${tone}`}>
      <span aria-hidden="true">{mark}</span>
      <span class="unseen">{words}</span>
    </span>
  )
}
