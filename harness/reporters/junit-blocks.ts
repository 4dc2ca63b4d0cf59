import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import { failedAssertion } from './failure-lines.ts'
import { blockNameOf, caseNameOf } from './junit-names.ts'
import { assertionVerdict, type CaseVerdict, passed, refuses } from './junit-verdicts.ts'
import { oneLine } from './safe-text.ts'
import { checkTitle, countAssertions, tallyOf } from './wording.ts'

/** Assertions that one case stands for. */
export interface Block {
  name: string
  assertions: Assertion[]
}

/** What each case of a check stands for, in the order in which that began. */
export function blocksOf(check: CheckReport, granularity: JunitGranularity): Block[] {
  const { assertions } = check
  switch (granularity) {
    case 'assertion':
      return assertions.map((assertion) => ({ name: caseNameOf(assertion), assertions: [assertion] }))
    case 'subtest':
      return outermostBlocks(assertions)
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
function outermostBlocks(assertions: Assertion[]): Block[] {
  const blocks: Block[] = []
  /** By outermost subtest, the one that was entered last. */
  const entered = new Map<string, Block>()
  /** By phase, null for none. */
  const beside = new Map<string | null, Block>()
  const add = <Key>(known: Map<Key, Block>, key: Key, name: string): Block => {
    const block = { name, assertions: [] }
    known.set(key, block)
    blocks.push(block)
    return block
  }
  for (const assertion of assertions) {
    const { phase, path, kind, text } = assertion
    const isEntry = kind === 'subtest' && path.length === 0
    const subtest = isEntry ? text : path[0]
    const block =
      subtest === undefined
        ? (beside.get(phase) ?? add(beside, phase, blockNameOf(phase, null) || outside))
        : ((isEntry ? undefined : entered.get(subtest)) ??
          add(entered, subtest, blockNameOf(phase, oneLine(subtest) || unnamed)))
    block.assertions.push(assertion)
  }
  return blocks
}

/** Other failures of a block that are told by name. */
const mostNames = 20

/** What a block says: the check's failure when it is in there, else its first, and what else went wrong. */
export function blockVerdict(assertions: Assertion[], check: CheckReport): CaseVerdict {
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
