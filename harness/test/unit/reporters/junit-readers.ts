import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseJunit } from 'junit2json'
import { parseStringPromise } from 'xml2js'
import { memoryPages, validateXML } from 'xmllint-wasm'
import { projectRoot } from '../../helpers/project-root.ts'

/*
 * Reports as others read them, each with a parser of its own: libxml2 by a schema, GitLab and dorny/test-reporter by
 * their rules on xml2js, junit2json as it is.
 */

/** A case, as far as all of them agree. */
export interface ReadCase {
  className: string
  name: string
  status: 'success' | 'skipped' | 'failed'
  seconds: number
}

const schema = readFileSync(join(projectRoot, 'harness/test/fixtures/junit/report.xsd'), 'utf8')

/** What a schema says against documents, a line each. The validator takes longer to start than to validate. */
export async function schemaComplaints(documents: string[], xsd = schema): Promise<string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `junit-${index}.xml`, contents })),
    schema: [xsd],
    maxMemoryPages: memoryPages.GiB / 2,
  })
  return errors.map(({ rawMessage }) => rawMessage)
}

type Text = string | { _?: string; $?: Record<string, string> }
interface CaseElement {
  $: { classname: string; name: string; time: string }
  failure?: Text[]
  error?: Text[]
  skipped?: Text[]
  'system-out'?: Text[]
  'system-err'?: Text[]
}
interface Root {
  testsuites: {
    $: Record<string, string>
    testsuite?: { $: Record<string, string>; testcase?: CaseElement[] }[]
  }
}

/** What GitLab makes of a case. */
export interface GitlabCase extends ReadCase {
  /** What tells it from other cases, and finds it again in other pipelines. */
  key: string
  file: string | undefined
  /** What its page shows; null for what shows nothing. */
  output: string | null
  attachment: string | null
}

/**
 * As GitLab: the body of the most severe verdict counts, its attributes only without one; outputs of bad cases stand
 * below it, and the first attachment in them is linked. @throws where GitLab drops the whole file
 */
export async function gitlabCases(xml: string): Promise<GitlabCase[]> {
  if (Buffer.byteLength(xml) >= 30_000_000) throw new Error('the file must be less than 30 MB')
  const { testsuites } = (await parseStringPromise(xml, { strict: true })) as Root
  return (testsuites.testsuite ?? []).flatMap(({ $: suite, testcase = [] }) =>
    testcase.map((element) => gitlabCase(suite.name ?? '', element)),
  )
}

function gitlabCase(suite: string, element: CaseElement): GitlabCase {
  const { $: own, failure, error, skipped } = element
  const bad = failure ?? error
  const [out, ...more] = element['system-out'] ?? []
  if (bad && more.length > 0) throw new Error("undefined method 'match' for an array")
  const told = bad ?? skipped
  const shownOut = bad && out ? `System Out:\n\n${shown(out)}` : null
  const attachment = bad && out ? /\[\[ATTACHMENT\|(?<path>[^[\]|]+?)\]\]/.exec(shown(out)) : null
  return {
    key: `${suite}_${own.classname}_${own.name}`,
    className: own.classname,
    name: own.name,
    file: (own as { file?: string }).file,
    status: bad ? 'failed' : skipped ? 'skipped' : 'success',
    seconds: Number.parseFloat(own.time),
    output: told
      ? [told.map(shown).join('\n\n'), shownOut].filter((part) => part !== null).join('\n\n')
      : null,
    attachment: attachment?.groups?.path ?? null,
  }
}

/** A body, else what Ruby prints of the attributes. */
function shown(text: Text): string {
  if (typeof text === 'string') return text
  return text._ !== undefined && text._ !== '' ? text._ : JSON.stringify(text.$ ?? {})
}

/** A case under its suite, as dorny/test-reporter shows it: the first verdict only. */
export interface DornyCase extends ReadCase {
  suite: string
  details: string | undefined
}

/** As dorny/test-reporter: no nested suites, names are trimmed, a group is a class. @throws where it does */
export async function dornyCases(xml: string): Promise<DornyCase[]> {
  const { testsuites } = (await parseStringPromise(xml)) as Root
  return (testsuites.testsuite ?? []).flatMap(({ $: suite, testcase = [] }) =>
    testcase.map((element) => {
      const first = (element.failure ?? element.error)?.[0]
      return {
        suite: trimmed(suite.name),
        className: element.$.classname,
        name: trimmed(element.$.name),
        status: first !== undefined ? 'failed' : element.skipped ? 'skipped' : 'success',
        seconds: Number.parseFloat(element.$.time),
        details: typeof first === 'object' ? first._ : first,
      }
    }),
  )
}

function trimmed(text: string | undefined): string {
  if (text === undefined) throw new TypeError("cannot read properties of undefined (reading 'trim')")
  return text.trim()
}

/** As junit2json. */
export async function junit2jsonCases(xml: string): Promise<ReadCase[]> {
  const root = (await parseJunit(xml)) as { testsuite?: { testcase?: Json2Case[] }[] }
  return (root.testsuite ?? []).flatMap(({ testcase = [] }) =>
    testcase.map(({ classname, name, time, failure, error, skipped }) => ({
      className: classname ?? '',
      name: name ?? '',
      status: failure || error ? 'failed' : skipped ? 'skipped' : 'success',
      seconds: time ?? Number.NaN,
    })),
  )
}

interface Json2Case {
  classname?: string
  name?: string
  time?: number
  failure?: unknown[]
  error?: unknown[]
  skipped?: unknown[]
}
