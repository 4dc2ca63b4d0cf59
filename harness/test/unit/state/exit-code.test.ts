import { describe, expect, test } from 'vitest'
import type { Execution, Outcome } from '../../../model/outcome.ts'
import type { CheckReport } from '../../../model/report.ts'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { type ExitCircumstances, exitCodeOf } from '../../../state/exit-code.ts'

const check = (outcome: Outcome, facts: Partial<CheckReport> = {}) =>
  toCheckReport(emptyAttempt(), { outcome, execution: 'executed', ...facts })

const skipped = (skip: CheckReport['skip'], facts: Partial<CheckReport> = {}) =>
  check('skipped', { skip, execution: 'unknown', ...facts })

const passed = check('passed')
const failed = check('failed')
const errored = check('errored')
const cached = skipped('cached', { execution: 'cached' })
const cannot = skipped('cannot-run-here')
const named = { namedExplicitly: true }

const table: [string, number, CheckReport[], ExitCircumstances?][] = [
  ['all passed', 0, [passed, passed]],
  ['an assertion failed', 1, [passed, failed]],
  ['a check timed out', 1, [check('timed-out')]],
  ['the infrastructure failed', 4, [passed, errored]],
  ['failed before errored', 1, [errored, failed]],
  ['errored before not executed', 4, [errored, skipped('cannot-run-here', named)]],
  ['nothing was selected', 3, []],
  ['nothing that was selected can run here', 3, [cannot, skipped('not-a-vm-test')]],
  ['nothing can run here, with --strict', 5, [cannot], { strict: true }],
  ['some cannot run here, the rest passed', 0, [passed, cannot]],
  ['some cannot run here, with --strict', 5, [passed, cannot], { strict: true }],
  ['what was named cannot run here', 5, [skipped('cannot-run-here', named)]],
  ['what was named was cached', 5, [passed, skipped('cached', { execution: 'cached', ...named })]],
  ['cached, but not named', 0, [passed, cached]],
  ['all was cached', 5, [cached, cached]],
  ['cached, with --strict', 5, [cached], { strict: true }],
  ['an attempt proved nothing', 5, [passed, check('unknown', { execution: 'unknown' })]],
  ['interrupted', 130, [failed, check('interrupted')], { signal: 'SIGINT' }],
  ['terminated', 143, [failed, check('interrupted')], { signal: 'SIGTERM' }],
  ['killed: an attempt has no end', 130, [check('interrupted')]],
  ['killed between two attempts', 130, [passed, skipped('interrupted')]],
]

test.each(table)('%s: %i', (_, code, checks, circumstances) => {
  expect(exitCodeOf(checks, circumstances)).toBe(code)
})

describe('a pass without proof of execution is never green', () => {
  test.each(['cached', 'substituted', 'unknown'] as Execution[])('%s', (execution) => {
    expect(exitCodeOf([check('passed', { execution })])).toBe(5)
  })
})
