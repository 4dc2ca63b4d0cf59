import { expect } from 'vitest'
import type { Assertion } from '../../../model/assertion.ts'
import type { CheckReport } from '../../../model/report.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { emptyAttempt } from '../../../state/attempt-state.ts'
import { toCheckReport } from '../../../state/check-report.ts'
import { complaints, parseXml, type XmlElement, xmllint } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

export const check = (facts: Partial<CheckReport> = {}) =>
  toCheckReport(emptyAttempt(), {
    name: 'k3s',
    kind: 'nixos',
    outcome: 'passed',
    execution: 'executed',
    ...facts,
  })

export function assertion(index: number, facts: Partial<Assertion> = {}): Assertion {
  const place = {
    node: 'm',
    kind: 'succeed',
    text: `step ${index}`,
    phase: null,
    path: [],
    line: index + 1,
  } as const
  const end = { caught: false, outcome: 'passed', seconds: 1, message: null, output: null } as const
  return { index, ...place, path: [], ...end, ...facts }
}

/** The report, parsed, after every consumer had its say. */
export function validReport(checks: CheckReport[], run = reportOf(wholeRun).run): XmlElement {
  const xml = formatJunit({ run, checks })
  const root = parseXml(xml)
  expect(complaints(root)).toEqual([])
  const libxml = xmllint(xml)
  if (libxml === null) process.stderr.write('xmllint is not installed: not read with libxml2\n')
  expect(libxml ?? '').toBe('')
  return root
}

/** `suite › case: element type "message"` for each case, the short way to say what a report shows. */
export function cases(root: XmlElement): string[] {
  return root.children.flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes, children }) => {
        const said = children
          .filter(({ name }) => name !== 'system-out')
          .map((child) => [child.name, child.attributes.type].filter(Boolean).join(' '))
        return `${suite.attributes.name} | ${attributes.name} | ${said.join(', ') || 'passed'}`
      }),
  )
}
