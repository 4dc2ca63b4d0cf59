import type { Assertion } from '../../model/assertion.ts'
import type { CheckReport } from '../../model/report.ts'

/** What a driver log must be read as, written from its test script. */
export interface ExpectedReport {
  nodes: string[]
  assertions: ExpectedAssertion[]
  subtests: { path: string[]; passed: boolean | null; caught?: boolean }[]
  outcome: string
  /** Others that are right, too. */
  outcomeAlso?: string[] | null
  failure: { kind: string | null; message: string | null; scriptLine: number | null } | null
}

interface ExpectedAssertion {
  node: string | null
  kind: string
  /** null: free. */
  text: string | null
  /** null: both are right. */
  passed: boolean | null
  path: string[]
  caught?: boolean | null
  /** Order among the nodes is free. */
  concurrent?: boolean
  output?: string
  phase?: string
  /** It may be missing. */
  optional?: boolean
  /** There may be more than one. */
  minCount?: number
}

const blanks = (text: string) => text.replace(/\s+/g, ' ').trim()
/** As a log without escape codes shows it. */
const visible = (text: string) =>
  blanks(text.replace(/\u001b\[[\d;]*m/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ''))

/** @returns what differs, one line each; empty when the report says what the expectation says */
export function differences(expected: ExpectedReport, report: CheckReport): string[] {
  const found: string[] = []
  const compare = (what: string, want: unknown, got: unknown) => {
    if (JSON.stringify(want) !== JSON.stringify(got)) {
      found.push(`${what}: expected ${short(want)}, read ${short(got)}`)
    }
  }
  if (![expected.outcome, ...(expected.outcomeAlso ?? [])].includes(report.outcome)) {
    compare('outcome', expected.outcome, report.outcome)
  }
  if (report.outcome === expected.outcome) compareFailure(expected, report, compare)
  const names = (list: string[]) => [...list].sort()
  compare('nodes', names(expected.nodes), names(report.nodes.map(({ name }) => name)))
  const steps = report.assertions.filter(({ kind }) => kind !== 'subtest')
  for (const group of concurrentGroups(expected.assertions)) {
    const mine = (node: string | null) => !group.concurrent || node === group.node
    compareSteps(group.assertions, group.concurrent ? steps.filter(({ node }) => mine(node)) : steps, found)
  }
  compare(
    'subtests',
    expected.subtests.map(({ path, passed }) => [path.map(visible), passed]),
    report.assertions
      .filter(({ kind }) => kind === 'subtest')
      .map(({ path, text, outcome }, at) => [
        [...path, text].map(visible),
        expected.subtests[at]?.passed === null ? null : outcome === 'passed',
      ]),
  )
  return found
}

function compareFailure(
  { failure }: ExpectedReport,
  report: CheckReport,
  compare: (what: string, want: unknown, got: unknown) => void,
): void {
  if (!failure) {
    compare('failure', null, report.failure)
    return
  }
  if (failure.kind === null) return
  compare('failure.kind', failure.kind, report.failure?.kind)
  if (failure.message !== null) {
    const got = visible(report.failure?.message ?? '')
    if (!messagePattern(failure.message).test(got)) compare('failure.message', visible(failure.message), got)
  }
  if (failure.scriptLine !== null) {
    const line = /line (\d+)/.exec(report.failure?.traceback.at(-1) ?? '')?.[1]
    compare('failure.scriptLine', failure.scriptLine, line === undefined ? null : Number(line))
  }
}

/** `<float>` and `...` stand for what varies. */
function messagePattern(message: string): RegExp {
  const escaped = visible(message).replace(/[[\]()\\.*+?^$|{}]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('<float>', '[\\d.]+').replaceAll('\\.\\.\\.', '.*')}`)
}

function concurrentGroups(assertions: ExpectedAssertion[]) {
  if (!assertions.some(({ concurrent }) => concurrent)) return [{ concurrent: false, node: null, assertions }]
  const nodes = [...new Set(assertions.map(({ node }) => node))]
  return nodes.map((node) => ({
    concurrent: true,
    node,
    assertions: assertions.filter((one) => one.node === node),
  }))
}

function compareSteps(expected: ExpectedAssertion[], read: Assertion[], found: string[]): void {
  let at = 0
  for (const want of expected) {
    const count = takeSteps(want, read.slice(at), (problem) => found.push(`assertion ${at}: ${problem}`))
    if (count === 0 && !want.optional) found.push(`assertion missing: ${want.kind} ${short(want.text)}`)
    at += count
  }
  for (const more of read.slice(at)) found.push(`assertion too many: ${more.kind} ${short(more.text)}`)
}

/** @returns how many of `read` are what was expected */
function takeSteps(want: ExpectedAssertion, read: Assertion[], complain: (problem: string) => void): number {
  let count = 0
  for (const got of want.minCount === undefined ? read.slice(0, 1) : read) {
    const problem = stepDiffers(want, got)
    if (problem !== null && (want.optional || count > 0)) break
    if (problem !== null) complain(problem)
    count++
  }
  return count
}

function stepDiffers(want: ExpectedAssertion, got: Assertion): string | null {
  const wrong: string[] = []
  const check = (what: string, a: unknown, b: unknown) => {
    if (JSON.stringify(a) !== JSON.stringify(b)) wrong.push(`${what} ${short(a)} / ${short(b)}`)
  }
  check('kind', want.kind, got.kind)
  check('node', want.node, got.node)
  if (want.text !== null && !textAgrees(want.text, got.text)) check('text', want.text, got.text)
  if (want.passed !== null) check('passed', want.passed, got.outcome === 'passed')
  if (want.caught !== undefined && want.caught !== null) check('caught', want.caught, got.caught)
  if (!want.concurrent) check('path', want.path.map(visible), got.path.map(visible))
  if (want.phase !== undefined) check('phase', want.phase, got.phase)
  if (want.output !== undefined) {
    const output = visible(got.output ?? '')
    const limited =
      output.length > 12_000 ? visible(want.output).slice(0, output.length) : visible(want.output)
    check('output', limited, output)
  }
  return wrong.length > 0 ? wrong.join('; ') : null
}

function textAgrees(want: string, got: string): boolean {
  const pattern = visible(want)
    .replace(/[[\]()\\.*+?^$|{}]/g, '\\$&')
    .replaceAll('<out>', '.*')
  return new RegExp(`^${pattern}$`).test(visible(got))
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 300 ? `${text.slice(0, 200)} ... ${text.slice(-60)}` : text
}
