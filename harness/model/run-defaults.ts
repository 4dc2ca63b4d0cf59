import type { AcceleratorChoice } from './outcome.ts'

/** What a `<testcase>` of JUnit stands for: one assertion, all of an outermost subtest or phase, or a check. */
export const junitGranularities = ['assertion', 'subtest', 'check'] as const

/** One of `junitGranularities`. */
export type JunitGranularity = (typeof junitGranularities)[number]

/**
 * Options of `run` that an environment variable or the configuration may give: those that say how to run, not what.
 * As a person writes them: sizes and durations are text.
 */
export interface RunDefaults {
  jobs: number
  memory: string
  cores: number
  timeout: string
  retries: number
  retryOn: 'any' | 'errored'
  layers: boolean
  failFast: boolean
  accel: AcceleratorChoice
  via: 'build' | 'driver'
  cached: 'fail' | 'report'
  strict: boolean
  /** Joined by commas. */
  report: string
  junitGranularity: JunitGranularity
  out: string
  verbose: boolean
}
