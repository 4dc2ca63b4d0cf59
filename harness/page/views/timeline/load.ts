import type { Needs } from '../../../model/plan.ts'

/** What was held from a moment on, until the next step. */
export interface LoadStep extends Needs {
  /** Seconds of work since the run began. */
  at: number
}

/** Something that holds a part of the budget for a time. */
export interface Holder {
  from: number
  to: number
  /** null: not told. */
  needs: Needs | null
}

/** What all hold together over time; null when one of them does not tell. */
export function loadOf(holders: readonly Holder[]): LoadStep[] | null {
  const changes: LoadStep[] = []
  for (const { from, to, needs } of holders) {
    if (needs === null) return null
    const { memoryMiB, cores } = needs
    changes.push({ at: from, memoryMiB, cores }, { at: to, memoryMiB: -memoryMiB, cores: -cores })
  }
  changes.sort((a, b) => a.at - b.at)
  const steps: LoadStep[] = []
  let held: Needs = { memoryMiB: 0, cores: 0 }
  for (const { at, memoryMiB, cores } of changes) {
    held = { memoryMiB: held.memoryMiB + memoryMiB, cores: held.cores + cores }
    if (steps.at(-1)?.at === at) steps.pop()
    steps.push({ at, ...held })
  }
  return steps
}

/** The most that was held at once. */
export function peakOf(steps: readonly LoadStep[]): Needs {
  return steps.reduce(
    (peak, { memoryMiB, cores }) => ({
      memoryMiB: Math.max(peak.memoryMiB, memoryMiB),
      cores: Math.max(peak.cores, cores),
    }),
    { memoryMiB: 0, cores: 0 },
  )
}
