import type { Budget, Needs } from '../model/plan.ts'

export type { Budget } from '../model/plan.ts'

/** What the running attempts hold. */
export interface Load extends Needs {
  jobs: number
}

/** Nothing runs. */
export const noLoad: Load = { memoryMiB: 0, cores: 0, jobs: 0 }

/** What the command line says about the budget; null where it says nothing. */
export type BudgetWishes = { [K in keyof Budget]: number | null }

/** Kept free for the host: a tenth of its memory, within these bounds in MiB. */
const reserve = { share: 0.1, least: 512, most: 2048 }

/**
 * The host's budget, with what the user asked for in its place. A number of jobs without a number of cores
 * says that cores shall not limit: VMs wait more than they compute.
 */
export function budgetFor(
  host: { availableMiB: number; totalMiB: number; cores: number },
  wishes: BudgetWishes,
): Budget {
  const kept = Math.min(reserve.most, Math.max(reserve.least, host.totalMiB * reserve.share))
  return {
    memoryMiB: wishes.memoryMiB ?? Math.max(0, Math.floor(host.availableMiB - kept)),
    cores: wishes.cores ?? (wishes.jobs === null ? host.cores : null),
    jobs: wishes.jobs,
  }
}

/**
 * Whether `needs` may start beside `load`. Memory is strict: beyond it the host's OOM killer takes guests down
 * at random. Cores only slow things down, so what wants more than all of them runs, but alone.
 */
export function fits(needs: Needs, load: Load, budget: Budget): boolean {
  if (budget.jobs !== null && load.jobs >= budget.jobs) return false
  if (load.memoryMiB + needs.memoryMiB > budget.memoryMiB) return false
  return budget.cores === null || load.jobs === 0 || load.cores + needs.cores <= budget.cores
}

/** Whether it can ever start. */
export function fitsAlone(needs: Needs, budget: Budget): boolean {
  return fits(needs, noLoad, budget)
}

/** The load with one more attempt in it. */
export function take(load: Load, needs: Needs): Load {
  return {
    memoryMiB: load.memoryMiB + needs.memoryMiB,
    cores: load.cores + needs.cores,
    jobs: load.jobs + 1,
  }
}

/** The load without an attempt that was in it. */
export function release(load: Load, needs: Needs): Load {
  return {
    memoryMiB: load.memoryMiB - needs.memoryMiB,
    cores: load.cores - needs.cores,
    jobs: load.jobs - 1,
  }
}
