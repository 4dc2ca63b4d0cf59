import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CheckReport, RunReport } from '../../model/report.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { vmproof } from '../helpers/vmproof.ts'

/** The form of suites/self/expected.json, which says what running each check by name must lead to. */
interface Expected {
  environment?: Record<string, string>
  options?: string[]
  /** To be removed first: what the check remembers outside of the store. */
  remove?: string
  exitCode: number
  outcome: string
  execution: string
  attempts: number
  flaky: boolean
  failure: ExpectedFailure | null
  reason?: string
  /** Regular expressions, each for one of the notes. */
  notes: string[]
  /** How often it ran already. */
  before?: number
  nodes: string[]
  symptoms?: Record<string, string[]>
  phases?: string[]
  metrics?: { name: string; unit: string; node: string }[]
  assertions: [string | null, string, string | null, string][]
}

interface ExpectedFailure {
  kind: string
  node: string | null
  /** Index into the assertions. */
  assertion: number | null
  message: string
  scriptLine: number | null
}

const { $comment: _, ...expectations } = JSON.parse(
  readFileSync(join(projectRoot, 'suites/self/expected.json'), 'utf8'),
) as Record<string, Expected> & { $comment: string }

/** What evaluation remembers, apart from the user's. */
const cache = mkdtempSync(join(tmpdir(), 'vmproof-test-'))
afterAll(() => rmSync(cache, { recursive: true, force: true }))

describe.each(Object.entries(expectations))('%s', (name, expected) => {
  test('leads to what its script means', async () => {
    if (expected.remove) rmSync(expected.remove, { recursive: true, force: true })
    const out = scratchFolder()
    const environment = { XDG_CACHE_HOME: cache, ...expected.environment }
    const args = ['run', name, '--out', out, '--json', ...(expected.options ?? [])]
    for (let run = 0; run < (expected.before ?? 0); run++) await vmproof(args, projectRoot, environment)
    const ended = await vmproof(args, projectRoot, environment)
    const report = JSON.parse(ended.stdout) as RunReport
    const [check] = report.checks
    expect(check && facts(check), ended.stderr).toEqual(expectedFacts(expected))
    expect(ended.code).toBe(expected.exitCode)
    if (check) compareFailure(check, expected.failure)
    for (const note of expected.notes) expect(check?.notes.join('\n')).toMatch(new RegExp(note))
    if (expected.reason) expect(check?.reason).toMatch(new RegExp(expected.reason))
  })
})

/** What can be compared to the letter. */
function facts(check: CheckReport) {
  const { outcome, execution, attempts, flaky, assertions, nodes } = check
  const phases = [...new Set(assertions.map(({ phase }) => phase).filter((phase) => phase !== null))]
  return {
    outcome,
    execution,
    attempts,
    flaky,
    nodes: nodes.map(({ name }) => name).sort(),
    symptoms: Object.fromEntries(
      nodes.filter((one) => one.symptoms.length > 0).map((one) => [one.name, one.symptoms]),
    ),
    phases,
    metrics: check.metrics.map(({ name, unit, node }) => ({ name, unit, node })),
    assertions: assertions.map((one) => [
      one.node,
      one.kind,
      one.kind === 'python' ? null : one.text,
      one.outcome,
    ]),
  }
}

function expectedFacts(expected: Expected) {
  const { outcome, execution, attempts, flaky, nodes, assertions } = expected
  const { symptoms = {}, phases = [], metrics = [] } = expected
  return { outcome, execution, attempts, flaky, nodes, symptoms, phases, metrics, assertions }
}

function compareFailure(check: CheckReport, expected: ExpectedFailure | null): void {
  if (expected === null) {
    expect(check.failure).toBeNull()
    return
  }
  const { failure } = check
  expect(failure).toMatchObject({ kind: expected.kind, node: expected.node, assertion: expected.assertion })
  expect(failure?.message).toMatch(new RegExp(expected.message))
  if (expected.scriptLine !== null)
    expect(failure?.traceback.join('\n')).toContain(`line ${expected.scriptLine}`)
}
