import { steps, type ToldStep } from '../unit/reporters/log-steps.ts'
import { type MadeCheck, makeRun } from './made-run.ts'

/** How much of a run there is. */
export interface LargeShape {
  checks: number
  /** Of all checks together. */
  assertions: number
  /** Of all logs together. */
  logBytes: number
}

/** What the issue of large reports is measured with. */
export const largeShape: LargeShape = { checks: 20, assertions: 10_000, logBytes: 50e6 }

/** The check that failed, the line of its log that says why, and what stands there. */
export const culprit = { check: 'cluster-7', marker: 'the needle in ten thousand assertions' }

/** Writes a run with many assertions and long logs; one check failed at its end. @returns its folder */
export function makeLargeRun(out: string, { checks, assertions, logBytes }: LargeShape): string {
  const made = Array.from({ length: checks }, (_, index): MadeCheck => {
    const check = `cluster-${index}`
    const isCulprit = check === culprit.check
    const list = stepsOf(assertions / checks, isCulprit)
    return {
      check,
      attempts: [
        {
          at: index * 30,
          seconds: 120,
          outcome: isCulprit ? 'failed' : 'passed',
          events: [{ type: 'scriptStarted', line: 1 }, ...steps(list)],
          ...(isCulprit && {
            failure: {
              assertion: list.length - 1,
              node: 'server_0',
              kind: 'succeed',
              message: culprit.marker,
            },
          }),
          log: logOf(logBytes / checks, isCulprit),
        },
      ],
    }
  })
  return makeRun(out, '20261120T140000000Z-b166', { checks: made, exitCode: 1 })
}

const perSubtest = 25

function stepsOf(count: number, isCulprit: boolean): ToldStep[] {
  return Array.from({ length: count }, (_, index): ToldStep => {
    const phase = `[PHASE ${1 + Math.floor((4 * index) / count)}] Pods`
    const subtest = `deployment ${Math.floor(index / perSubtest)} comes up`
    const failed = isCulprit && index === count - 1
    if (index % perSubtest === 0) {
      return { node: null, kind: 'subtest', text: subtest, phase, end: { outcome: 'passed', seconds: 3 } }
    }
    return {
      node: `server_${index % 3}`,
      kind: 'succeed',
      text: `kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml get pod test-pod-${index} -o jsonpath='{.status.phase}'`,
      phase,
      path: [subtest],
      end: failed
        ? { outcome: 'failed', message: culprit.marker, output: 'NAME READY\n'.repeat(40) }
        : { seconds: (index % 17) / 10 },
    }
  })
}

/** The pod that a log line is about: the same every time, and as hard to compress as addresses and ids are. */
export function podIn(line: number): string {
  return `test-pod-${((line * 1_664_525 + 1_013_904_223) >>> 0).toString(16).padStart(8, '0')}`
}

/** Lines as guests print them, none like another, in pieces of about a hundred kilobytes. */
function* logOf(bytes: number, isCulprit: boolean): Generator<string> {
  let piece = ''
  let written = 0
  for (let line = 1; written < bytes; line++) {
    const text = `server_${line % 3} # [${(line / 97).toFixed(6).padStart(12)}] k3s[${812 + (line % 40)}]: I1120 pod="default/${podIn(line)}" msg="probe \x1b[32msucceeded\x1b[0m" attempt=${line % 9}\n`
    piece += text
    written += text.length
    if (piece.length < 1e5) continue
    yield piece
    piece = ''
  }
  yield isCulprit ? `${piece}server_0: ${culprit.marker}\n` : piece
}
