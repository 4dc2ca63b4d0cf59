import { blame, takeBackForgeries } from './blame.ts'
import { isSubtest } from './blocks.ts'
import type { Story } from './story.ts'
import type { TestError } from './test-error.ts'
import type { Traceback } from './traceback.ts'

/** A subtest reports the error that leaves it. Who is to blame, and how far it goes, follows from it. */
export function subtestFailed(story: Story, { name, message }: TestError, line: number): void {
  const block = blame(story, message, false)
  if (block) story.hasErrors = true
  if (block && block.error !== message) {
    takeBackForgeries(story, block)
    block.error = message
  }
  story.outputs.close()
  const subtest = story.blocks.innermost(
    (one) => isSubtest(one) && one.error === null && one.form.role === 'group' && one.form.text === name,
  )
  if (!subtest) return
  subtest.error = message
  story.hasErrors = true
  for (let at = subtest.parent; at; at = at.parent) at.brokenAt = line
  if (!block && story.unplacedError?.message !== message) story.unplacedError = { subtest, message, line }
}

/** The driver reports the exception that ended the script. */
export function scriptReported(story: Story, { message }: Traceback): void {
  if (story.told) return
  const block = message === null ? null : blame(story, message, false)
  if (message !== null && block && block.error === null) {
    takeBackForgeries(story, block)
    block.error = message
    story.hasErrors = true
  }
  story.outputs.close()
}
