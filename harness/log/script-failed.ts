import { isOfStep, kindOf } from './blame.ts'
import { isSubtest } from './blocks.ts'
import { failureOf, framesOf } from './failure.ts'
import { isAssertion } from './python-errors.ts'
import { failOpenGroups } from './settle.ts'
import type { Story } from './story.ts'
import { cleanMessage, kept, withoutBreaks } from './text.ts'
import type { LogVerdict } from './told-verdict.ts'
import type { Traceback } from './traceback.ts'

/** The script itself raised: an assert, `t.assert...`, or a mistake in it. */
export function scriptFailed(story: Story, message: string | null, traceback: Traceback | null): LogVerdict {
  if (traceback?.leavingBlock) endInnermostGroup(story)
  const asserted = isAssert(message, traceback)
  const told = wordsFor(story, message, traceback)
  const kind = (message === null ? null : kindOf(message)) ?? 'python'
  const failure = failureOf(kind, withoutBreaks(cleanMessage(told)), { traceback: framesOf(traceback) })
  if (asserted) {
    const subtest = story.blocks.innermost(isSubtest)
    const error = story.unplacedError ?? { subtest, message: told, line: story.lastLine }
    const source = traceback?.frames.at(-1)?.split(/, in \S+: /)[1]
    const entry = story.startPython({ ...error, subtest }, source ? kept(source) : placeText(traceback))
    story.ledger.end(entry, {
      outcome: 'failed',
      caught: false,
      seconds: null,
      message: kept(told),
      output: null,
    })
    failure.assertion = entry.index
  }
  story.unplacedError = null
  failOpenGroups(story, told, 'failed')
  return { outcome: 'failed', failure }
}

// RequestedAssertionFailed: 'z' not found in ['a', 'b']                (t.assertIn of the newer drivers)
function isAssert(message: string | null, traceback: Traceback | null): boolean {
  if (!traceback) return message !== null && isAssertion(message)
  if (traceback.exception === 'AssertionError') return true
  return traceback.exception === 'RequestedAssertionFailed' && !isOfStep(message ?? '')
}

function placeText(traceback: Traceback | null): string | null {
  return traceback?.scriptLine ? `line ${traceback.scriptLine} of the test script` : null
}

/** An assert without words: say where it stands, do not guess what it meant. */
function wordsFor(story: Story, message: string | null, traceback: Traceback | null): string {
  if (message !== null && message !== '') return message
  const what = traceback?.exception ?? (message === '' ? 'AssertionError' : null)
  if (what === null) return 'the test script ended early, and the log does not say why'
  if (traceback?.scriptLine) return `${what} in line ${traceback.scriptLine} of the test script`
  const subtest = story.blocks.innermost(isSubtest)
  const where = subtest?.form.role === 'group' ? ` in subtest "${subtest.form.text}"` : ''
  return `${what} without a message${where}`
}

/** The `with` block had ended well when leaving it failed. */
function endInnermostGroup(story: Story): void {
  const block = story.blocks.innermost(({ form, error }) => form.role === 'group' && error === null)
  if (!block?.entry) return
  story.blocks.end(block, story.lastLine)
  story.ledger.end(block.entry, {
    outcome: 'passed',
    caught: false,
    seconds: null,
    message: null,
    output: null,
  })
}
