import type { Builder, TestCase } from 'junit-report-builder'
import type { CheckReport, RunReport } from '../model/report.ts'
import { type JunitCase, junitCases } from './junit-cases.ts'
import { addChild, fillChild, newReport, onBuild } from './junit-elements.ts'
import { classNameOf, createUniqueNames } from './junit-names.ts'
import { bounded, type TextLimit, xmlSeconds, xmlText } from './junit-text.ts'
import { checkTitle } from './wording.ts'

/** A run, or what `parse` read: then there is no run. */
export type JunitInput = Pick<RunReport, 'checks'> & { run: RunReport['run'] | null }

/** GitLab takes no file of 30 MB or more; this leaves room. */
export const junitSizeLimit = 20_000_000

/** Tried in turn until the file is small enough. */
const textLimits: TextLimit[] = [
  { head: 8 * 1024, tail: 64 * 1024 },
  { head: 2 * 1024, tail: 6 * 1024 },
  { head: 512, tail: 512 },
  { head: 128, tail: 0 },
]

/**
 * JUnit XML for GitLab, Jenkins and the GitHub reporters: a suite per check sorted by name, a case per assertion
 * in the order of their start. Long texts keep their head and tail, shorter ones the larger the report grows.
 */
export function formatJunit(input: JunitInput): string {
  let xml = ''
  for (const limit of textLimits) {
    xml = build(input, limit)
    if (Buffer.byteLength(xml) <= junitSizeLimit) break
  }
  return xml
}

function build({ run, checks }: JunitInput, limit: TextLimit): string {
  const builder = newReport().name('vmproof')
  const unique = createUniqueNames()
  const seconds = checks.reduce((sum, check) => sum + secondsOf(check, junitCases(check)), 0)
  const sorted = [...checks].sort((a, b) =>
    checkTitle(a) < checkTitle(b) ? -1 : checkTitle(a) > checkTitle(b) ? 1 : 0,
  )
  for (const check of sorted) addSuite(builder, check, { run, unique, limit, total: xmlSeconds(seconds) })
  return `${builder.build()}\n`
}

interface SuiteContext {
  run: JunitInput['run']
  unique: ReturnType<typeof createUniqueNames>
  limit: TextLimit
  /** Time of all suites, for the root element. */
  total: number
}

function addSuite(builder: Builder, check: CheckReport, context: SuiteContext): void {
  const name = xmlText(checkTitle(check))
  const className = xmlText(classNameOf(check))
  const cases = junitCases(check)
  const suite = builder
    .testSuite()
    .name(name)
    .time(xmlSeconds(secondsOf(check, cases)))
  const timestamp = check.startedAt ?? context.run?.startedAt
  // Consumers read it with the pattern of Surefire, which has no fractions.
  if (timestamp) suite.timestamp(timestamp.replace(/\.\d+/, ''))
  for (const [key, value] of properties(check)) suite.property(key, xmlText(value))
  for (const one of cases) {
    const testCase = suite
      .testCase()
      .className(className)
      .name(context.unique(name, className, xmlText(one.name)))
    addCase(testCase.time(xmlSeconds(one.seconds)), one, context.limit)
  }
  onBuild(suite, (element) => {
    if (context.run) element.att('hostname', xmlText(context.run.host.name))
    element.root().att('time', String(context.total))
  })
}

function addCase(testCase: TestCase, { verdict, flaky, out }: JunitCase, limit: TextLimit): void {
  const text = (value: string) => bounded(xmlText(value), limit)
  if (verdict.type === 'failure') testCase.failure(text(verdict.message), verdict.kind)
  if (verdict.type === 'error') testCase.error(text(verdict.message), verdict.kind)
  if (verdict.type === 'skipped') testCase.skipped()
  onBuild(testCase, (element) => {
    if (verdict.type === 'skipped') {
      fillChild(element, 'skipped', text(verdict.message), { message: text(verdict.message) })
    } else if (verdict.type !== 'passed') {
      fillChild(element, verdict.type, text(verdict.body))
    }
    for (const one of flaky) {
      addChild(element, one.element, text(one.message), { message: text(one.message), type: one.kind })
    }
    if (out !== '') addChild(element, 'system-out', text(out))
  })
}

function secondsOf(check: CheckReport, cases: JunitCase[]): number {
  return check.seconds ?? cases.reduce((sum, one) => sum + one.seconds, 0)
}

function properties(check: CheckReport): [string, string][] {
  const facts: [string, string | null][] = [
    ['outcome', check.outcome],
    ['execution', check.execution],
    ['accelerator', check.accelerator],
    ['system', check.system],
    ['derivation', check.derivation],
    ['profile', check.profile],
    ['attempts', String(check.attempts)],
    ['flaky', check.flaky ? 'true' : null],
    ['reason', check.reason],
    ...check.notes.map((note): [string, string] => ['note', note]),
    ...check.metrics.map(({ name, value, unit, node }): [string, string] => [
      `metric.${name}${node === null ? '' : `.${node}`}`,
      `${value} ${unit}`,
    ]),
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}
