import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { failedAssertion } from './failure-lines.ts'
import { caseNameOf, scopeNameOf } from './junit-names.ts'
import { assertionVerdict, type CaseVerdict, passed, refuses } from './junit-verdicts.ts'
import { oneLine } from './safe-text.ts'
import { checkTitle, countAssertions, tallyOf } from './wording.ts'

/** Assertions that one case stands for. */
export interface CaseScope {
  name: string
  assertions: Assertion[]
}

/** What each case of a check stands for, in the order in which that began. */
export function scopesOf(check: CheckReport, granularity: JunitGranularity): CaseScope[] {
  const { assertions } = check
  switch (granularity) {
    case 'assertion':
      return assertions.map((assertion) => ({ name: caseNameOf(assertion), assertions: [assertion] }))
    case 'subtest':
      return outermostScopes(assertions)
    case 'check':
      return [{ name: checkTitle(check), assertions }]
  }
}

/** What stands in no phase and no subtest. */
const outside = 'script'

/** A script may call a subtest by an empty name. */
const unnamed = '(subtest)'

/**
 * The outermost subtests of a check, one for each time that it was entered; then what stands beside them: one for
 * each phase, and one for what stands in none.
 */
function outermostScopes(assertions: Assertion[]): CaseScope[] {
  const scopes: CaseScope[] = []
  /** By outermost subtest, the one that was entered last. */
  const entered = new Map<string, CaseScope>()
  /** By phase, null for none. */
  const beside = new Map<string | null, CaseScope>()
  const add = <Key>(known: Map<Key, CaseScope>, key: Key, name: string): CaseScope => {
    const scope = { name, assertions: [] }
    known.set(key, scope)
    scopes.push(scope)
    return scope
  }
  for (const assertion of assertions) {
    const { phase, path, kind, text } = assertion
    const isEntry = kind === 'subtest' && path.length === 0
    const subtest = isEntry ? text : path[0]
    const scope =
      subtest === undefined
        ? (beside.get(phase) ?? add(beside, phase, scopeNameOf(phase, null) || outside))
        : ((isEntry ? undefined : entered.get(subtest)) ??
          add(entered, subtest, scopeNameOf(phase, oneLine(subtest) || unnamed)))
    scope.assertions.push(assertion)
  }
  return scopes
}

/** Other failures of a scope that are told by name. */
const mostNames = 20

/** What a scope says: the check's failure when it is in there, else its first, and what else went wrong. */
export function scopeVerdict(assertions: Assertion[], check: CheckReport): CaseVerdict {
  const [only] = assertions
  if (only === undefined) return passed
  if (assertions.length === 1) return assertionVerdict(only, check)
  const cause = failedAssertion(check.assertions, check.failure)
  const wrong = assertions.filter(({ caught, outcome }) => !caught && outcome !== 'passed')
  const said = wrong.filter(({ outcome }) => outcome !== 'unfinished')
  const first =
    said.find((assertion) => assertion === cause) ?? said.find(isNoSubtest) ?? said[0] ?? wrong[0] ?? only
  const verdict = assertionVerdict(first, check)
  if (!refuses(verdict)) return verdict
  const others = said.filter((assertion) => assertion !== first && isNoSubtest(assertion))
  const names = others.slice(0, mostNames).map((one) => `also ${one.outcome}: ${caseNameOf(one)}`)
  const rest = others.length > mostNames ? [`… ${others.length - mostNames} more`] : []
  const counts = countAssertions(assertions.map(tallyOf))
  return { ...verdict, body: [verdict.body, ...names, ...rest, ...counts].join('\n') }
}

/** A subtest fails because of what it holds. */
function isNoSubtest({ kind }: Assertion): boolean {
  return kind !== 'subtest'
}
