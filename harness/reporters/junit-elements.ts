import junit, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'

/*
 * The one place that goes beyond junit-report-builder. Its nodes build themselves into an XML element through
 * the public `build(parent)`; what it has no method for (`hostname`, a reason in `<skipped>`, `<flakyFailure>`,
 * bodies as escaped text where it writes CDATA) is added to that element right after it was built. xmlbuilder,
 * below it, escapes texts and attributes, newlines in them included, and drops characters that XML forbids.
 */
type Element = ReturnType<TestCase['build']>

/** An empty report. The package's types say `default.default`, its module is the builder itself. */
export function newReport(): Builder {
  return (junit as unknown as Builder).newBuilder()
}

/** Calls `add` with the element of `node` when the report is built. */
export function onBuild(node: TestCase | TestSuite, add: (element: Element) => void): void {
  const build = node.build.bind(node)
  node.build = (parent?: Element) => {
    const element = build(parent as Element)
    add(element)
    return element
  }
}

/** Gives the child that junit-report-builder made, such as `<failure>`, its text. */
export function fillChild(
  element: Element,
  name: string,
  text: string,
  attributes: Record<string, string> = {},
): void {
  const children = (element as unknown as { children: (Element & { name?: string })[] }).children
  const child = children.find((one) => one.name === name)
  if (!child) return
  for (const [key, value] of Object.entries(attributes)) child.att(key, value)
  child.txt(text)
}

/** Adds a child that junit-report-builder does not know. */
export function addChild(
  element: Element,
  name: string,
  text: string,
  attributes: Record<string, string> = {},
): void {
  element.ele(name, attributes).txt(text)
}

/**
 * Takes a case out of its suite as text once it is built. A report of a hundred thousand cases would otherwise
 * stand in memory as a tree of millions of objects.
 */
export function detach(element: Element): string {
  const text = element.toString({ pretty: true, offset: 2 }).trim()
  element.remove()
  return text
}

/** Puts the text of detached cases behind what the suite holds already. */
export function attach(suite: Element, cases: string[]): void {
  suite.raw(cases.join('\n    '))
}
