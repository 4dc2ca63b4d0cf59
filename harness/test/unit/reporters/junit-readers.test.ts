import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { junitGranularities } from '../../../model/run-defaults.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { seededRandom } from '../../helpers/random.ts'
import { randomInstances } from '../../helpers/random-run.ts'
import { dornyCases, gitlabCases, junit2jsonCases, type ReadCase, schemaComplaints } from './junit-readers.ts'
import { complaints, parseXml, type XmlElement } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { started, wholeRun } from './story.ts'

const randomRun = (seed: number) =>
  reportOf([started, ...randomInstances(seededRandom(seed)).flatMap(({ events }) => events)])

const reports = [reportOf(wholeRun), ...Array.from({ length: 25 }, (_, seed) => randomRun(seed))]
const documents = junitGranularities.flatMap((granularity) =>
  reports.map((report) => formatJunit(report, { granularity })),
)

/** With the first parser: fast-xml-parser. */
function ownCases(root: XmlElement): ReadCase[] {
  return root.children.flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes, children }) => {
        const has = (...names: string[]) => children.some(({ name }) => names.includes(name))
        return {
          className: attributes.classname ?? '',
          name: attributes.name ?? '',
          status: has('failure', 'error') ? 'failed' : has('skipped') ? 'skipped' : 'success',
          seconds: Number(attributes.time),
        }
      }),
  )
}

describe('reports of random runs full of hostile texts', () => {
  test('hold every outcome and element', () => {
    const all = documents.join('')
    for (const name of [
      'failure',
      'error',
      'skipped',
      'flakyFailure',
      'flakyError',
      'rerunFailure',
      'rerunError',
    ])
      expect(all).toContain(`<${name} `)
    expect(all).toContain('[[ATTACHMENT')
  })

  test('are valid by the schema, and break no rule', { timeout: 60_000 }, async () => {
    for (const xml of documents) expect(complaints(parseXml(xml))).toEqual([])
    expect(await schemaComplaints(documents)).toEqual([])
  })

  test('tell four readers the same', { timeout: 60_000 }, async () => {
    for (const xml of documents) {
      const own = ownCases(parseXml(xml))
      const facts = (list: ReadCase[]) =>
        list.map(({ className, name, status, seconds }) => ({ className, name, status, seconds }))
      expect(facts(await gitlabCases(xml))).toEqual(own)
      expect(facts(await dornyCases(xml))).toEqual(own)
      expect(facts(await junit2jsonCases(xml))).toEqual(own)
    }
  })

  test('show in GitLab why a case failed, and no attachment that a guest made up', async () => {
    for (const xml of documents) {
      const cases = await gitlabCases(xml)
      expect(new Set(cases.map(({ key }) => key)).size).toBe(cases.length)
      for (const { status, output, attachment } of cases) {
        expect(attachment).toBe(null)
        if (status === 'success') expect(output).toBe(null)
        // No body would make GitLab show the attributes.
        else expect(output).toMatch(/^[^{]/)
      }
    }
  })
})

test('the schema finds what it is there for', { timeout: 60_000 }, async () => {
  const [xml = ''] = documents
  const broken: [string | RegExp, string, RegExp][] = [
    ['</testsuites>', '<testsuite name="x"/></testsuites>', /tests.*required|Missing child/],
    [/ time="[\d.]+">/, ' time="1,234.5">', /time/],
    [/<failure message="[^"]*"/, '<failure', /message.*required/],
    [/type="CommandFailed"/, 'type="symbol"', /type/],
    ['<system-out>', '<system-out>x</system-out><system-out>', /system-out/],
    [/<testcase /, '<testcase file="x" ', /file/],
  ]
  expect(await schemaComplaints([xml])).toEqual([])
  for (const [what, by, complaint] of broken) {
    const changed = xml.replace(what, by)
    expect(changed).not.toBe(xml)
    expect((await schemaComplaints([changed])).join('\n')).toMatch(complaint)
  }
})

/*
 * The genuine schemas are not part of this repository: README.md beside ours says where they are. With a folder that has
 * them, the same reports are held against them.
 */
describe.each([
  ['junit-10.xsd', (xml: string) => [xml]],
  ['surefire-test-report.xsd', surefireDocuments],
])('the genuine %s', (name, documentsIn) => {
  const path = join(process.env.VMPROOF_JUNIT_SCHEMAS ?? '/nonexistent', name)
  const isThere = existsSync(path)
  if (!isThere)
    process.stderr.write(`${name}: not tested, VMPROOF_JUNIT_SCHEMAS names no folder that has it\n`)

  test.runIf(isThere)('is kept', { timeout: 60_000 }, async () => {
    const schema = readFileSync(path, 'utf8')
    expect(await schemaComplaints(documents.flatMap(documentsIn), schema)).toEqual([])
  })
})

/** Surefire writes a file per suite, and its schema knows neither time of day nor host, which its own reports have. */
function surefireDocuments(xml: string): string[] {
  const suites = xml.match(/<testsuite [\s\S]*?<\/testsuite>/g) ?? []
  // The tag is a line, whatever is in its name.
  return suites.map((suite) =>
    suite.replace(/^.*/, (tag) => tag.replace(/ (timestamp|hostname)="[^"]*"/g, '')),
  )
}
