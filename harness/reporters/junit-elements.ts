import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'
import type { EarlierVerdict, JunitCase } from './junit-cases.ts'
import { oneLine } from './safe-text.ts'

/*
 * The one place that goes beyond junit-report-builder. Its nodes build themselves into an XML element through the
 * public `build(parent)`; what it has no method for (`hostname`, a reason in `<skipped>`, `<flakyFailure>`, bodies as
 * escaped text where it writes CDATA) is added to that element right after. xmlbuilder, below it, escapes texts and
 * attributes, newlines in them included, and drops characters that XML forbids.
 *
 * Nodes are built one by one and become text at once: a report of a hundred thousand cases would otherwise stand in
 * memory as a tree of millions of objects.
 */
type Element = ReturnType<TestCase['build']>
type NamedElement = Element & { name?: string; children: NamedElement[] }

/** The package's types say `default.default`, its module is the builder itself. */
const library = junit as unknown as Builder

/** What stands before and behind the children of an element. */
export interface Envelope {
  head: string
  tail: string
}

/** How many there are of each; of the whole report or of a suite. */
export interface Counts {
  tests: number
  failures: number
  errors: number
  skipped: number
  /** Seconds, as XML has them. */
  time: number
}

/** What a suite's element says of it. */
export interface SuiteFacts {
  name: string
  hostname: string | null
  /** ISO 8601 without fractions. */
  timestamp: string | null
  properties: [name: string, value: string][]
}

/** `<testsuites>`, with the declaration. */
export function rootEnvelope(name: string, counts: Counts): Envelope {
  const builder = library.newBuilder().name(name)
  // Its root cannot be reached but through a child.
  onBuild(builder.testSuite(), (element) => {
    const root = element.root()
    countsInto(root, counts)
    // Jenkins' schema has it for suites only.
    root.removeAttribute('skipped')
    element.remove()
    markIn(root)
  })
  return splitAtMark(`${builder.build()}\n`)
}

/** `<testsuite>` with its properties. */
export function suiteEnvelope(
  { name, hostname, timestamp, properties }: SuiteFacts,
  counts: Counts,
): Envelope {
  const suite = library.newBuilder().testSuite().name(oneLine(name))
  if (timestamp !== null) suite.timestamp(timestamp)
  for (const [key, value] of properties) suite.property(oneLine(key), oneLine(value))
  const element = suite.build(undefined as unknown as Element)
  countsInto(element, counts)
  if (hostname !== null) element.att('hostname', oneLine(hostname))
  markIn(element)
  return splitAtMark(element.toString({ pretty: true, offset: 1 }))
}

/** A case whose texts have their final form. */
export interface FinalCase extends JunitCase {
  className: string
  name: string
}

/** Writes one `<testcase>` after the other, each a line or more. */
export type CaseWriter = (one: FinalCase) => string

/** Cases are written one by one; those of a class of which there is nothing to tell are one element, named anew. */
export function caseWriter(): CaseWriter {
  let plain: { className: string; element: Element } | null = null
  return (one) => {
    const { className, name, seconds, verdict, earlier, out } = one
    if (verdict.type !== 'passed' || earlier.length > 0 || out !== null) return written(caseElement(one))
    if (plain?.className !== className) plain = { className, element: caseElement(one) }
    return written(plain.element.att('name', name).att('time', seconds))
  }
}

function written(element: Element): string {
  return element.toString({ pretty: true, offset: 2 })
}

function caseElement({ className, name, seconds, verdict, earlier, out }: FinalCase): Element {
  const builder = library.newBuilder()
  const node = builder.testCase()
  node.className(className).name(name).time(seconds)
  if (verdict.type === 'failure') node.failure(verdict.message, verdict.kind)
  if (verdict.type === 'error') node.error(verdict.message, verdict.kind)
  if (verdict.type === 'skipped') node.skipped()
  const element = node.build(builder.testSuite().build(undefined as unknown as Element))
  const [own] = (element as NamedElement).children
  if (verdict.type === 'skipped') own?.att('message', verdict.message).txt(verdict.message)
  else if (verdict.type !== 'passed') own?.txt(verdict.body)
  addEarlier(element, earlier, verdict.type === 'skipped' || verdict.type === 'error' ? own : undefined)
  if (out !== null) element.ele('system-out').txt(out)
  return element
}

/**
 * In the order of Surefire's schema: a failure and earlier ones, what was skipped or errored, earlier errors.
 * @param late what earlier failures come before
 */
function addEarlier(element: Element, earlier: EarlierVerdict[], late: Element | undefined): void {
  const isFailure = ({ element: tag }: EarlierVerdict) => tag.endsWith('Failure')
  for (const one of [...earlier.filter(isFailure), ...earlier.filter((other) => !isFailure(other))]) {
    const attributes = { message: one.message, type: one.kind }
    const added =
      late && isFailure(one)
        ? late.insertBefore(one.element, attributes)
        : element.ele(one.element, attributes)
    added.ele('stackTrace').txt(one.body)
  }
}

/** Calls `add` with the element of a suite when the report is built. */
function onBuild(node: TestSuite, add: (element: Element) => void): void {
  const build = node.build.bind(node)
  node.build = (parent?: Element) => {
    const element = build(parent as Element)
    add(element)
    return element
  }
}

/** The library counts what it holds, and here it holds nothing. */
function countsInto(element: Element, counts: Counts): void {
  for (const [key, count] of Object.entries(counts)) element.att(key, String(count))
}

/** Stands where the children belong. No text or attribute can look like it: they are escaped. */
const mark = 'children'

function markIn(element: Element): void {
  element.ele(mark)
}

function splitAtMark(xml: string): Envelope {
  const [head = '', tail = ''] = xml.split(new RegExp(` *<${mark}/>\\n`))
  return { head, tail }
}
