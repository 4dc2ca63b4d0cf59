import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report, writeJournal } from './lib/journals.ts'

const assertions = 100_000
const checks = 20

/** From a journal of 100,000 assertions to JUnit XML, in a process of its own: what `vmproof report` costs. */
export default async function junit(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-junit-'))
  try {
    const names = Array.from({ length: checks }, (_, index) => `k3s-cluster-${index}`)
    const shape = { id: 'bench', checks: names, assertions: assertions / checks }
    await writeJournal(join(folder, 'events.ndjson'), shape)
    const args = [folder, '--format', 'junit']
    await report(args, folder, '/dev/null')
    const { seconds, peakRssMb } = await report(args, folder, join(folder, 'junit.xml'))
    const megabytes = statSync(join(folder, 'junit.xml')).size / 1e6
    say(`${assertions} assertions in ${checks} checks, 1 in 100 failed: ${megabytes.toFixed(1)} MB of XML`)
    say(`journal to XML in ${seconds.toFixed(2)} s, peak ${peakRssMb.toFixed(0)} MB`)
    return { seconds, peakRssMb }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
