import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { LogEvent } from '../../model/log-event.ts'
import type { CheckReport } from '../../model/report.ts'
import type { TestScript } from '../../vm/script/test-script.ts'
import type { NodeConfig, TestConfig } from '../../vm/test-config.ts'
import { drive, type Recording, smallNode } from './drive.ts'
import { readFile } from './driver-logs.ts'
import { makeGuest } from './guest.ts'
import { eventsOf, reportOf } from './read-log.ts'

/** A script, and what both records of it must say. */
export interface AgreementCase<Name extends string> {
  nodes?: Partial<NodeConfig>[]
  config?: Partial<TestConfig>
  script: TestScript<Name>
  /** Kind, first line of the text, outcome; `caught` behind it, and a `> ` in front for each subtest around it. */
  assertions: unknown[]
  outcome: CheckReport['outcome']
  failure?: object | null
  /** Steps ran side by side: the log does not tell inside of which subtests. */
  isParallel?: true
}

/**
 * For a file of tests: makes one guest for all of them, and gives what runs a case on it.
 * @param file the test file, whose lines are quoted
 */
export function agreementIn(file: string) {
  let folder = ''
  let guest = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vmproof-records-'))
    guest = makeGuest(join(folder, 'guest'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return <Name extends string = 'machine'>(one: AgreementCase<Name>) => agree({ guest, file }, one)
}

/**
 * Boots real VMs, runs a script on them, and demands that the events of it and what its log is read as are the same.
 * @param place guest to boot, and the test file, whose lines are quoted
 */
export async function agree<Name extends string = 'machine'>(
  place: { guest: string; file: string },
  one: AgreementCase<Name>,
): Promise<Recording & { told: CheckReport }> {
  const recording = await drive(one.script, {
    nodes: (one.nodes ?? [{}]).map((overrides) => smallNode(place.guest, overrides)),
    source: { path: place.file, lines: readFileSync(place.file, 'utf8').split('\n') },
    ...(one.config ? { config: one.config } : {}),
  })
  const told = reportOf(recording.events)
  expect(told.assertions.map(summary)).toEqual(one.assertions)
  expect(told.outcome).toBe(one.outcome)
  if (one.failure) expect(told.failure).toMatchObject(one.failure)
  else if (one.failure === null) expect(told.failure).toBeNull()
  const [read, ...others] = readFile(recording.log)
  expect(others).toEqual([])
  const shown = one.isParallel ? withoutPaths : (report: CheckReport) => report
  expect(shown(read as CheckReport)).toEqual(shown(told))
  expect(milestones(eventsOf(recording.log))).toEqual(milestones(recording.events))
  return { ...recording, told }
}

function summary({ kind, text, outcome, caught, path }: CheckReport['assertions'][number]): string {
  const what = `${kind} ${text.split('\n')[0]}`.trimEnd().slice(0, 60)
  return `${'> '.repeat(path.length)}${what}: ${outcome}${caught ? ', caught' : ''}`
}

function withoutPaths(report: CheckReport): CheckReport {
  return { ...report, assertions: report.assertions.map((assertion) => ({ ...assertion, path: [] })) }
}

const milestoneTypes: LogEvent['type'][] = [
  ...(['scriptStarted', 'phaseEntered', 'nodeStarted', 'nodeBooted'] as const),
  ...(['scriptFinished', 'acceleratorSeen', 'symptomSeen'] as const),
]

/** Events that no report shows as they are. */
function milestones(events: LogEvent[]): LogEvent[] {
  return events.filter(({ type }) => milestoneTypes.includes(type))
}
