import type { InstanceOptions } from '../../plan/instances.ts'
import type { PlanOptions } from '../../plan/plan.ts'

/** Nobody wishes for anything, and nothing is known of past runs. */
export const noWishes: InstanceOptions = {
  accel: 'auto',
  accelerators: new Map(),
  timeoutSeconds: null,
  overrides: [],
  quarantine: [],
  groups: [],
  durations: new Map(),
}

/** The same for a plan, on a host with 8000 MiB and 4 cores. */
export const plainPlan: PlanOptions = {
  ...noWishes,
  budget: { memoryMiB: 8000, cores: 4, jobs: null },
  notTags: [],
  notHere: new Map(),
}
