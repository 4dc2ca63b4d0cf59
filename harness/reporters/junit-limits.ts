import type { Assertion } from '../model/assertion.ts'
import type { CheckReport } from '../model/report.ts'
import type { JunitGranularity } from '../model/run-defaults.ts'
import type { JunitCase } from './junit-cases.ts'
import type { FinalCase } from './junit-elements.ts'
import { classNameOf } from './junit-names.ts'
import { bounded, inertAttachments, type TextLimit, xmlSeconds } from './junit-text.ts'
import { type CaseVerdict, refuses } from './junit-verdicts.ts'
import { oneLine } from './safe-text.ts'

/** How much is told of each case. */
export interface Detail {
  /** For bodies and outputs. */
  text: TextLimit
  /** Characters of a case's name; GitHub cuts titles at 255 bytes. */
  name: number
  /** Names are shorter than in other reports, and suites say nothing of themselves. */
  isLeast: boolean
}

/** From all to little. */
export const details: [Detail, ...Detail[]] = [
  { text: { head: 8 * 1024, tail: 64 * 1024 }, name: 200, isLeast: false },
  { text: { head: 2 * 1024, tail: 6 * 1024 }, name: 200, isLeast: false },
  { text: { head: 512, tail: 512 }, name: 200, isLeast: false },
  { text: { head: 128, tail: 128 }, name: 80, isLeast: true },
]

/** Messages stand twice, as attribute and as first line of the body. */
const messageLimit: TextLimit = { head: 500, tail: 200 }

/** Files of an attempt, as whoever reads the report finds them. */
export interface AttemptPaths {
  log: string | null
  /** From the folder of a GitLab job's project, the best first; only what is there. */
  attachments: string[]
}

/** What the cases of a suite have in common. */
export interface CaseContext {
  className: string
  detail: Detail
  paths: AttemptPaths
  /** Of the log of another attempt. @param folder relative to the run's folder */
  logIn(folder: string): string
}

/** Where an attempt is, and what it named. */
export type AttemptPlace = Pick<CheckReport, 'folder' | 'attachments'>

/** A case with no more text than fits, and with what there is of its attempt when it tells why that failed. */
export function finalCase(one: JunitCase, name: string, context: CaseContext): FinalCase {
  const { className, detail, paths, logIn } = context
  const { text } = detail
  return {
    className,
    name,
    seconds: xmlSeconds(one.seconds),
    verdict: finalVerdict(one.verdict, text),
    earlier: one.earlier.map((other) => ({
      ...other,
      message: bounded(other.message, messageLimit),
      body: [
        bounded(other.body, text),
        ...(other.folder === null ? [] : [`log: ${oneLine(logIn(other.folder))}`]),
      ].join('\n'),
    })),
    out: one.out === null ? null : outputOf(one.out, text, paths),
  }
}

function outputOf(consoles: string, limit: TextLimit, { log, attachments }: AttemptPaths): string | null {
  const lines = [
    ...attachments.map((path) => `[[ATTACHMENT|${path}]]`),
    ...(log === null ? [] : [`log: ${oneLine(log)}`]),
    ...(consoles === '' ? [] : [bounded(inertAttachments(consoles), limit)]),
  ]
  return lines.length === 0 ? null : lines.join('\n')
}

function finalVerdict(verdict: CaseVerdict, limit: TextLimit): CaseVerdict {
  if (verdict.type === 'passed') return verdict
  const message = bounded(verdict.message, messageLimit)
  return refuses(verdict)
    ? { ...verdict, message, body: bounded(verdict.body, limit) }
    : { type: 'skipped', message }
}

const suiteFrame =
  '  <testsuite name="" tests="1" failures="0" errors="0" skipped="0" time="0">\n  </testsuite>\n'.length
const frame = '    <testcase classname="" name="" time="0.125"/>\n'.length

/**
 * What a report takes, about and before anything is escaped: building is what costs, so what cannot fit is not tried.
 * @returns bytes for each of `details`
 */
export function roughSizes(checks: CheckReport[], granularity: JunitGranularity): number[] {
  const sizes = details.map(() => 0)
  const add = (least: number, name: number, output: number) =>
    details.forEach(({ text, name: limit }, at) => {
      sizes[at] = (sizes[at] ?? 0) + least + Math.min(name, limit) + Math.min(output, text.head + text.tail)
    })
  for (const check of checks) {
    const around = frame + classNameOf(check).length
    add(suiteFrame + around, 0, 0)
    if (granularity !== 'assertion') continue
    for (const assertion of check.assertions) {
      const { outcome, output, caught } = assertion
      const isTold = !caught && (outcome === 'failed' || outcome === 'errored')
      add(around, roughNameLength(assertion), isTold ? (output?.length ?? 0) : 0)
    }
  }
  return sizes
}

/** Three bytes and two blanks are between the parts of a name. */
function roughNameLength({ phase, path, node, kind, text }: Assertion): number {
  let length = (phase?.length ?? -5) + (node?.length ?? -2) + kind.length + text.length + 8
  for (const part of path) length += part.length + 5
  return length
}
