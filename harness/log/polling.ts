import type { Story } from './story.ts'

const told = /^Polling condition (failed|succeeded): /

// Polling condition failed: machine is alive
/** The driver's words on a check that is about to be closed. @returns whether the line is that */
export function readPollingResult(story: Story, raw: string): boolean {
  const match = raw.startsWith('Polling') ? told.exec(raw) : null
  if (!match) return false
  const text = raw.slice(match[0].length)
  const check = story.blocks.innermost(
    ({ form, head }) =>
      form.role === 'group' &&
      form.kind === 'polling_condition' &&
      head.startsWith('Checking') &&
      form.text === text,
  )
  if (!check) return false
  check.pollFailed = match[1] === 'failed'
  story.closeCaughtOutput()
  return true
}
