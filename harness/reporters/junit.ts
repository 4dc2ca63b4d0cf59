import type { Builder, TestCase } from 'junit-report-builder'
import { compareText } from '../model/compare-text.ts'
import type { CheckReport, RunReport } from '../model/report.ts'
import { type JunitCase, junitCases } from './junit-cases.ts'
import { addChild, attach, detach, fillChild, newReport, onBuild } from './junit-elements.ts'
import { classNameOf, createUniqueNames, cutName } from './junit-names.ts'
import { bounded, type TextLimit, xmlSeconds } from './junit-text.ts'
import { oneLine } from './safe-text.ts'
import { checkTitle, quarantineText } from './wording.ts'

/** A run, or what `parse` read: then there is no run. */
export type JunitInput = Pick<RunReport, 'checks'> & { run: RunReport['run'] | null }

/** In bytes. GitLab takes no file of 30 MB or more; this leaves room. */
export const junitSizeLimit = 20_000_000

/** How much is told, from all to little. */
interface Detail {
  /** For bodies and outputs. */
  text: TextLimit
  /** Characters of a case's name; GitHub cuts titles at 255 bytes. */
  name: number
}

/** Tried in turn until the file is small enough. */
const details: Detail[] = [
  { text: { head: 8 * 1024, tail: 64 * 1024 }, name: 200 },
  { text: { head: 2 * 1024, tail: 6 * 1024 }, name: 200 },
  { text: { head: 512, tail: 512 }, name: 200 },
  { text: { head: 128, tail: 128 }, name: 80 },
]

/** Messages stand twice, as attribute and as first line of the body. */
const messageLimit: TextLimit = { head: 500, tail: 200 }

interface Suite {
  check: CheckReport
  name: string
  className: string
  seconds: number
  cases: JunitCase[]
}

/**
 * JUnit XML for GitLab, Jenkins and the GitHub reporters: a suite per check sorted by name, a case per assertion
 * in the order of their start. Long texts keep their head and tail, and less of them the larger the report is.
 */
export function formatJunit({ run, checks }: JunitInput): string {
  const suites = checks.map(toSuite).sort((a, b) => compareText(a.name, b.name))
  let xml = ''
  for (const detail of details) {
    const isLast = detail === details.at(-1)
    // Building is what costs: a detail that cannot fit is not tried.
    if (!isLast && leastSize(suites, detail) > junitSizeLimit) continue
    xml = build(suites, run, detail)
    if (Buffer.byteLength(xml) <= junitSizeLimit) break
  }
  return xml
}

function toSuite(check: CheckReport): Suite {
  const cases = junitCases(check)
  const seconds = check.seconds ?? cases.reduce((sum, one) => sum + one.seconds, 0)
  return { check, name: checkTitle(check), className: classNameOf(check), seconds, cases }
}

/** What the cases take at least: their names and texts, before anything is escaped. */
function leastSize(suites: Suite[], { text, name }: Detail): number {
  const within = (value: string, limit: number) => Math.min(value.length, limit)
  const caseSize = ({ name: own, verdict, out }: JunitCase) =>
    within(own, name) +
    within(out, text.head + text.tail) +
    ('body' in verdict ? within(verdict.body, text.head + text.tail) : 0)
  const frame = '    <testcase classname="" name="" time="0"/>\n'.length
  return suites.reduce(
    (sum, { cases, className }) =>
      cases.reduce((size, one) => size + frame + className.length + caseSize(one), sum),
    0,
  )
}

interface BuildContext {
  run: JunitInput['run']
  unique: ReturnType<typeof createUniqueNames>
  detail: Detail
  /** Of all suites. */
  seconds: number
}

function build(suites: Suite[], run: JunitInput['run'], detail: Detail): string {
  const builder = newReport().name('vmproof')
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0)
  const context = { run, unique: createUniqueNames(), detail, seconds }
  for (const suite of suites) addSuite(builder, suite, context)
  return `${builder.build()}\n`
}

function addSuite(
  builder: Builder,
  { check, name, className, seconds, cases }: Suite,
  context: BuildContext,
): void {
  const { run, unique, detail } = context
  const suite = builder.testSuite().name(name).time(xmlSeconds(seconds))
  const timestamp = check.startedAt ?? run?.startedAt
  // Consumers read it with Surefire's pattern, which has no fractions.
  if (timestamp) suite.timestamp(timestamp.replace(/\.\d+/, ''))
  for (const [key, value] of properties(check)) suite.property(oneLine(key), oneLine(value))
  const written: string[] = []
  for (const one of cases) {
    const caseName = unique(name, className, cutName(one.name, detail.name))
    const testCase = suite.testCase().className(className).name(caseName)
    addCase(testCase.time(xmlSeconds(one.seconds)), one, { limit: detail.text, written })
  }
  onBuild(suite, (element) => {
    if (run) element.att('hostname', oneLine(run.host.name))
    element.root().att('time', String(xmlSeconds(context.seconds)))
    attach(element, written.splice(0))
  })
}

function addCase(
  testCase: TestCase,
  { verdict, flaky, out }: JunitCase,
  { limit, written }: { limit: TextLimit; written: string[] },
): void {
  const short = (message: string) => bounded(message, messageLimit)
  const long = (text: string) => bounded(text, limit)
  if (verdict.type === 'failure') testCase.failure(short(verdict.message), verdict.kind)
  if (verdict.type === 'error') testCase.error(short(verdict.message), verdict.kind)
  if (verdict.type === 'skipped') testCase.skipped()
  onBuild(testCase, (element) => {
    if (verdict.type === 'skipped') {
      fillChild(element, 'skipped', short(verdict.message), { message: short(verdict.message) })
    } else if (verdict.type !== 'passed') {
      fillChild(element, verdict.type, long(verdict.body))
    }
    for (const { element: name, kind, message } of flaky) {
      addChild(element, name, short(message), { message: short(message), type: kind })
    }
    if (out !== '') addChild(element, 'system-out', long(out))
    written.push(detach(element))
  })
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
    ['quarantine', quarantineText(check)[0] ?? null],
    ['reason', check.reason],
    ...check.notes.map((note): [string, string] => ['note', note]),
    ...check.metrics.map(({ name, value, unit, node }): [string, string] => [
      `metric.${name}${node === null ? '' : `.${node}`}`,
      `${value} ${unit}`,
    ]),
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== null)
}
