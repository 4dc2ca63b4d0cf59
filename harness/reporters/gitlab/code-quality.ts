import type { CheckReport, RunReport } from '../../model/report.ts'
import { failedAssertion, messageOf } from '../failure-lines.ts'
import { caseNameOf } from '../junit-names.ts'
import { oneLine } from '../safe-text.ts'
import { placeOfFailure } from '../script-place.ts'
import { checkTitle } from '../wording.ts'
import type { GitlabJob } from './files.ts'

/** GitLab's form of a finding, a part of Code Climate's. */
interface Finding {
  description: string
  check_name: string
  /** The same finding in two pipelines has the same one. */
  fingerprint: string
  severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  location: { path: string; lines: { begin: number } }
}

const longestDescription = 500

/**
 * What merge requests show beside the code (`artifacts:reports:codequality`): the line of the suite at which a check
 * failed.
 */
export function formatCodeQuality({ run, checks }: RunReport, job: GitlabJob): string {
  // A search for a threshold wants to know where a check fails.
  const isSearch = run.sweep?.type === 'search'
  const findings = isSearch ? [] : checks.flatMap((check) => findingOf(check, job) ?? [])
  return `${JSON.stringify(findings, null, 2)}\n`
}

function findingOf(check: CheckReport, { projectFolder }: GitlabJob): Finding | null {
  const { failure, outcome, quarantine } = check
  if (failure === null || (outcome !== 'failed' && outcome !== 'timed-out')) return null
  const place = projectFolder === null ? null : placeOfFailure(check, projectFolder)
  if (place === null) return null
  const assertion = failedAssertion(check.assertions, failure)
  const what = assertion ? caseNameOf(assertion) : failure.kind
  return {
    description: oneLine(`${checkTitle(check)}: ${messageOf(failure, check.symptoms)}`).slice(
      0,
      longestDescription,
    ),
    check_name: `vmproof/${failure.kind}`,
    fingerprint: hashOf([checkTitle(check), what].join('\n')),
    severity: quarantine === null ? 'major' : 'info',
    location: { path: place.file, lines: { begin: place.line ?? 1 } },
  }
}

/** FNV-1a with 64 bits, in hexadecimal digits: what did not pass must only not be taken for something else. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
