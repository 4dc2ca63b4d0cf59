import type { RunInfo } from '../../../../model/report.ts'
import type { TimedCheck } from '../../../../page/views/timeline/tracks.ts'
import { emptyRun } from '../../../../state/reduce.ts'

/** A moment of the invented day, in seconds since the run began. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 8) + seconds * 1000).toISOString()
}

/** A check whose attempts ran from and to these seconds, the last one last. */
export function timed(name: string, spans: [number, number][], facts: Partial<TimedCheck> = {}): TimedCheck {
  const attempts = spans.map(([from, to], index) => ({
    attempt: index + 1,
    outcome: 'passed' as const,
    failure: null,
    seconds: to - from,
    folder: null,
    startedAt: at(from),
    endedAt: at(to),
    stages: [],
  }))
  const last = attempts.at(-1) ?? { startedAt: null, endedAt: null, stages: [] }
  return {
    name,
    profile: null,
    outcome: 'passed',
    failure: null,
    needs: { memoryMiB: 100, cores: 1 },
    attempts: spans.length,
    earlier: attempts.slice(0, -1),
    startedAt: last.startedAt,
    endedAt: last.endedAt,
    stages: last.stages,
    ...facts,
  }
}

export function runInfo(facts: Partial<RunInfo> = {}): RunInfo {
  const host = { name: 'builder', system: 'x86_64-linux', cores: 4, memoryMiB: 4096 }
  return { ...emptyRun().run, id: 'run', startedAt: at(0), endedAt: at(100), host, ...facts }
}
