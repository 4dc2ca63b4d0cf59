import { describe, expect, test } from 'vitest'
import type { CheckReport, Failure, RunReport } from '../../../../model/report.ts'
import type { RunEvent } from '../../../../model/run-event.ts'
import { createCheckBlocks } from '../../../../reporters/check-blocks.ts'
import { type GitlabJob, gitlabFiles } from '../../../../reporters/gitlab/files.ts'
import { gitlabFold } from '../../../../reporters/gitlab/fold.ts'
import { steps } from '../log-steps.ts'
import { reportOf, stamped } from '../replay.ts'
import { wholeRun } from '../story.ts'

const whole = reportOf(wholeRun)
const failed = whole.checks.find(({ outcome }) => outcome === 'failed') as CheckReport

const job: GitlabJob = {
  url: 'https://gitlab.example/me/cluster/-/jobs/7',
  projectFolder: '/builds/me/cluster',
  folder: '/builds/me/cluster/reports/20261120T120000000Z-1a2b',
  page: 'index.html',
}

function fileOf(name: string, report: RunReport, facts: Partial<GitlabJob> = {}): string {
  return gitlabFiles(report, { ...job, ...facts }).find((file) => file.name === name)?.content ?? ''
}

// What GitLab takes for a mark, by its own parsers of traces.
const mark = /section_(start|end):(\d+):([\w.-]+)(\[[\w=,]*\])?\r\x1b\[0K/g

function logOf(events: RunEvent[]): string {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const reporter = createCheckBlocks({ write, color: true, fold: gitlabFold })
  for (const event of events) reporter.event(event)
  reporter.close()
  return text
}

describe('sections', () => {
  test('each is closed before the next is opened, collapsed, and named once', () => {
    const marks = [...logOf(stamped(wholeRun)).matchAll(mark)]
    expect(marks.length).toBeGreaterThan(4)
    const names: string[] = []
    for (const [at, [, kind, , name = '', options]] of marks.entries()) {
      expect(kind).toBe(at % 2 === 0 ? 'start' : 'end')
      if (kind === 'start') {
        expect(options).toBe('[collapsed=true]')
        names.push(name)
      } else expect(name).toBe(names.at(-1))
    }
    expect(new Set(names).size).toBe(names.length)
  })

  test('it lasts as long as its attempt', () => {
    const open = gitlabFold.open('check-1', 'title', '2026-11-20T12:00:00.900Z')
    const close = gitlabFold.close('check-1', '2026-11-20T12:00:34.100Z')
    expect(open).toBe('\x1b[0Ksection_start:1795176000:check-1[collapsed=true]\r\x1b[0Ktitle\n')
    expect(close).toBe('\x1b[0Ksection_end:1795176034:check-1\r\x1b[0K\n')
  })

  test('whatever a check or its guests are called and say opens none', () => {
    const evil = 'a\x1b[0Ksection_start:1:evil\r\x1b[0Ksection_end:1:check-1\r\x1b[0K'
    const logged = steps([
      { kind: 'succeed', text: evil, end: { outcome: 'failed', message: evil, output: evil } },
    ])
    const log = logOf(
      stamped([
        { type: 'attemptStarted', instance: evil, attempt: 1, folder: 'a' },
        ...logged.map((event) => ({ type: 'attemptLogged' as const, instance: evil, attempt: 1, event })),
        {
          type: 'attemptEnded',
          instance: evil,
          attempt: 1,
          outcome: 'failed',
          execution: 'executed',
          accelerator: null,
          seconds: 1,
          failure: { assertion: 0, node: evil, kind: 'succeed', message: evil, traceback: [evil] },
          nodes: [],
          notes: [evil],
          consoles: [{ node: evil, lines: [evil] }],
          details: [evil],
        },
      ]),
    )
    expect(log).toContain('section_start:1:evil')
    expect([...log.matchAll(mark)].map(([, kind, , name]) => [kind, name])).toEqual([
      ['start', 'check-1'],
      ['end', 'check-1'],
    ])
  })
})

describe('code quality', () => {
  const traceback = ['  File "<string>", line 12, in body: await machine.succeed(x)']
  const inSuite = (facts: Partial<CheckReport> = {}): CheckReport => ({
    ...failed,
    suiteFile: '/builds/me/cluster/suites/vm/a b.ts',
    failure: { ...(failed.failure as Failure), traceback },
    ...facts,
  })
  const findings = (checks: CheckReport[], facts: Partial<GitlabJob> = {}) =>
    JSON.parse(fileOf('gl-code-quality-report.json', { ...whole, checks }, facts))

  test('a failure is a finding at its line of the suite', () => {
    expect(findings([inSuite()])).toEqual([
      {
        description: expect.stringContaining('k3s-network@lossy: command `kubectl get nodes'),
        check_name: 'vmproof/succeed',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        severity: 'major',
        location: { path: 'suites/vm/a b.ts', lines: { begin: 12 } },
      },
    ])
  })

  test('it keeps its fingerprint when lines and messages move, and shares it with no other check', () => {
    const of = (check: CheckReport) => findings([check])[0].fingerprint
    const moved = {
      ...(failed.failure as Failure),
      traceback: [traceback[0]?.replace('12', '99') ?? ''],
      message: 'x',
    }
    expect(of(inSuite({ failure: moved }))).toBe(of(inSuite()))
    expect(of(inSuite({ profile: 'edge' }))).not.toBe(of(inSuite()))
  })

  test('what has no file of the project, and what the infrastructure broke, is none', () => {
    const { suiteFile: _, ...nixos } = inSuite()
    expect(
      findings([nixos, inSuite({ suiteFile: '/elsewhere/a.ts' }), inSuite({ outcome: 'errored' })]),
    ).toEqual([])
    expect(findings([inSuite()], { projectFolder: null })).toEqual([])
  })

  test('a failure in quarantine is told without weight', () => {
    const quarantine = { check: 'x', assertion: null, tracker: 'https://t/7', until: '2027-01-31' }
    expect(findings([inSuite({ quarantine })])[0].severity).toBe('info')
  })
})

describe('links', () => {
  const linksOf = (report: RunReport, facts: Partial<GitlabJob> = {}) =>
    (JSON.parse(fileOf('gl-annotations.json', report, facts)).vmproof ?? []).map(
      ({ external_link }: { external_link: { label: string; url: string } }) => external_link,
    )

  test('lead to the page, and to the logs of what did not pass', () => {
    const [page, ...logs] = linksOf(whole)
    const base = 'https://gitlab.example/me/cluster/-/jobs/7/artifacts/file/reports/20261120T120000000Z-1a2b'
    expect(page).toEqual({ label: 'all results', url: `${base}/index.html` })
    expect(logs[0]).toMatchObject({
      label: expect.stringMatching(/ (failed|errored|timed out): log$/),
      url: expect.stringMatching(/\/driver\.log$/),
    })
  })

  test('logs of merged runs are where they were', () => {
    const check = { ...failed, folder: '../20261120T11/a@b c#?/attempt-1' }
    const links = linksOf({ ...whole, checks: [check] }, { page: null })
    expect(links.map(({ url }: { url: string }) => url)).toEqual([
      'https://gitlab.example/me/cluster/-/jobs/7/artifacts/file/reports/20261120T11/a%40b%20c%23%3F/attempt-1/driver.log',
    ])
  })

  test('what is no artifact is not linked, and there are not thousands', () => {
    expect(linksOf(whole, { url: null })).toEqual([])
    expect(linksOf(whole, { folder: '/elsewhere' })).toEqual([])
    expect(linksOf({ ...whole, checks: new Array(500).fill(failed) })).toHaveLength(21)
  })
})

test('variables are words and numbers, and few', () => {
  const evil = whole.checks.map((check) => ({ ...check, name: 'a\nPATH=/evil', notes: ['\nX=y'] }))
  const text = fileOf('vmproof.env', { ...whole, run: { ...whole.run, exitCode: 1 }, checks: evil })
  expect(text).toContain('VMPROOF_OUTCOME=failed\nVMPROOF_EXIT_CODE=1\n')
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^VMPROOF_[A-Z_]+=[a-z0-9-]+$/)
  expect(Buffer.byteLength(text)).toBeLessThan(5 * 1024)
  const cutOff = fileOf('vmproof.env', { ...whole, run: { ...whole.run, exitCode: null } })
  expect(cutOff).toContain('VMPROOF_OUTCOME=errored\n')
})
