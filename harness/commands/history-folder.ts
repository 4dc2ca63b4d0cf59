import { join, resolve } from 'node:path'
import type { Config } from '../model/config.ts'

/** Where the history is: as the configuration says, else below the folder of all runs. */
export function historyFolder({ out }: { out: string }, { history, folder }: Config): string {
  return history === null ? join(out, 'history') : resolve(folder, history)
}
