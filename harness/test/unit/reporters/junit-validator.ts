import { spawnSync } from 'node:child_process'
import { XMLParser, XMLValidator } from 'fast-xml-parser'

/*
 * What the consumers of a report demand, as far as their sources tell: the Jenkins xunit schema (junit-10.xsd)
 * for elements and attributes, Surefire for times, libxml2 for characters, GitLab for unique names and for bodies,
 * EnricoMi's action for counts.
 */

export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

type Node = Record<string, unknown> & { ':@'?: Record<string, string> }

/** Parses, keeping order, entities decoded and white space as it is. @throws when it is not well-formed */
export function parseXml(xml: string): XmlElement {
  const valid = XMLValidator.validate(xml)
  if (valid !== true) throw new Error(`not well-formed: ${JSON.stringify(valid.err)}`)
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: { enabled: true, maxTotalExpansions: 1e7, maxExpandedLength: 1e9 },
    htmlEntities: true,
    ignoreDeclaration: true,
  })
  const roots = (parser.parse(xml) as Node[]).map(toElement).filter((element) => element.name !== '#text')
  if (roots.length !== 1 || !roots[0]) throw new Error(`${roots.length} root elements`)
  return roots[0]
}

function toElement(node: Node): XmlElement {
  const name = Object.keys(node).find((key) => key !== ':@') ?? ''
  if (name === '#text') return { name, attributes: {}, children: [], text: String(node[name]) }
  const inner = (node[name] as Node[]).map(toElement)
  return {
    name,
    attributes: node[':@'] ?? {},
    children: inner.filter((child) => child.name !== '#text'),
    text: inner
      .filter((child) => child.name === '#text')
      .map((child) => child.text)
      .join(''),
  }
}

interface Rule {
  required: string[]
  optional: string[]
  children: string[]
}

const says = { required: ['type'], optional: ['message'], children: [] }
const earlier = { required: ['type', 'message'], optional: [], children: ['stackTrace'] }
const reruns = ['flakyFailure', 'flakyError', 'rerunFailure', 'rerunError']
const text = { required: [], optional: [], children: [] }

const schema: Record<string, Rule> = {
  testsuites: {
    required: ['name', 'tests', 'failures', 'errors', 'time'],
    optional: [],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors', 'time'],
    optional: ['skipped', 'timestamp', 'hostname'],
    children: ['properties', 'testcase'],
  },
  properties: { required: [], optional: [], children: ['property'] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name', 'classname', 'time'],
    optional: [],
    children: ['skipped', 'error', 'failure', 'system-out', ...reruns],
  },
  failure: says,
  error: says,
  ...Object.fromEntries(reruns.map((name) => [name, earlier])),
  stackTrace: text,
  skipped: { required: [], optional: ['message'], children: [] },
  'system-out': text,
}

const rails =
  /^(symbol|yaml|date|datetime|dateTime|integer|float|double|decimal|boolean|string|binary|base64Binary|file|array)$/

/** Every demand that the report breaks, one line each; none for a good one. */
export function complaints(root: XmlElement): string[] {
  return [...walk(root).flatMap(shapeComplaints), ...countComplaints(root), ...nameComplaints(root)]
}

export function walk(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(walk)]
}

function shapeComplaints({ name, attributes, children, text: own }: XmlElement): string[] {
  const body = children.find((child) => child.name === 'stackTrace')?.text ?? own
  const rule = schema[name]
  if (!rule) return [`<${name}> is in no schema`]
  const known = [...rule.required, ...rule.optional]
  const where = `<${name} ${attributes.name ?? attributes.message ?? ''}>`
  const told = children.filter((child) => ['failure', 'error', 'skipped'].includes(child.name))
  const outputs = children.filter((child) => child.name === 'system-out')
  return [
    ...rule.required.filter((key) => !(key in attributes)).map((key) => `${where} lacks ${key}`),
    ...Object.keys(attributes).flatMap((key) => (known.includes(key) ? [] : [`${where} has ${key}`])),
    ...children.flatMap((child) =>
      rule.children.includes(child.name) ? [] : [`${where} holds <${child.name}>`],
    ),
    ...(told.length > 1 ? [`${where} has ${told.length} verdicts`] : []),
    ...(outputs.length > 1 ? [`${where} has ${outputs.length} outputs`] : []),
    ...('time' in attributes && !/^\d+(\.\d{1,3})?$/.test(attributes.time ?? '')
      ? [`${where} time ${attributes.time}`]
      : []),
    ...('timestamp' in attributes && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(attributes.timestamp ?? '')
      ? [`${where} timestamp ${attributes.timestamp}`]
      : []),
    ...('message' in attributes && !body.startsWith(headOf(attributes.message ?? ''))
      ? [`${where} body does not begin with its message`]
      : []),
    ...('message' in attributes && body.trim() === '' ? [`${where} has no body`] : []),
    ...(rails.test(attributes.type ?? '') ? [`${where} has a type of Rails`] : []),
  ]
}

/** A long one is cut, and in the body it is whole. */
function headOf(message: string): string {
  return message.split('\n[… ')[0] ?? ''
}

function countComplaints(root: XmlElement): string[] {
  const suites = root.children
  const count = (suite: XmlElement, name: string) =>
    suite.children.filter(({ children }) => children.some((child) => child.name === name)).length
  const wrong = (where: string, key: string, told: string | undefined, counted: number) =>
    Number(told) === counted ? [] : [`${where}: ${key} says ${told}, there are ${counted}`]
  const cases = (suite: XmlElement) => suite.children.filter(({ name }) => name === 'testcase').length
  const sum = (each: (suite: XmlElement) => number) => suites.reduce((total, suite) => total + each(suite), 0)
  const kinds = [
    ['tests', cases],
    ['failures', (suite: XmlElement) => count(suite, 'failure')],
    ['errors', (suite: XmlElement) => count(suite, 'error')],
    ['skipped', (suite: XmlElement) => count(suite, 'skipped')],
  ] as const
  return kinds.flatMap(([key, each]) => [
    ...suites.flatMap((suite) => wrong(suite.attributes.name ?? '', key, suite.attributes[key], each(suite))),
    ...(key in root.attributes ? wrong('root', key, root.attributes[key], sum(each)) : []),
  ])
}

/** GitLab's key of a case: joined by `_`, so `a_b` + `c` equals `a` + `b_c`. */
function nameComplaints(root: XmlElement): string[] {
  const seen = new Set<string>()
  return root.children.flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === 'testcase')
      .flatMap(({ attributes }) => {
        const key = `${suite.attributes.name}_${attributes.classname}_${attributes.name}`
        const again = seen.has(key)
        seen.add(key)
        return again ? [`two cases are ${key}`] : []
      }),
  )
}

/** What libxml2, which GitLab reads with, says; null when xmllint is not installed. */
export function xmllint(xml: string): string | null {
  const result = spawnSync('xmllint', ['--noout', '--huge', '-'], { input: xml, encoding: 'utf8' })
  if (result.error) return null
  return result.stderr
}
