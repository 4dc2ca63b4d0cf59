import { join } from 'node:path'
import { sleepers } from './lib/sleepers.ts'
import { timed } from './lib/timed.ts'

const checks = 12
const seconds = 5
const jobs = 4

/** A whole run of checks that only wait, four at a time, against the time that the waiting alone would take. */
export default async function parallel(say: (line: string) => void): Promise<Record<string, number>> {
  const { folder, remove } = sleepers(checks, seconds)
  try {
    const took = await timed(
      process.execPath,
      [join(process.cwd(), 'harness/bin.mjs'), 'run', '--jobs', String(jobs)],
      folder,
    )
    const ideal = (checks * seconds) / jobs
    const ratioToIdeal = took / ideal
    say(`${checks} checks of ${seconds} s with --jobs ${jobs}: ${took.toFixed(2)} s, ideal ${ideal} s`)
    say(`${ratioToIdeal.toFixed(3)} times the ideal (bound 1.15)`)
    return { ratioToIdeal, seconds: took }
  } finally {
    remove()
  }
}
