import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report, writeJournal } from './lib/journals.ts'

const shards = 50
const assertions = 2_000
const checksPerShard = 4

/** Runs of many machines made one, with all its reports: what `vmproof report RUN...` costs. */
export default async function merge(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-merge-'))
  try {
    const runs = await writeShards(folder)
    const args = [...runs, '--out', join(folder, 'merged')]
    await report(args, folder, '/dev/null')
    const { seconds, peakRssMb } = await report(args, folder, '/dev/null')
    say(`${shards} shards of ${assertions} assertions became one run with its reports`)
    say(`in ${seconds.toFixed(2)} s, peak ${peakRssMb.toFixed(0)} MB`)
    return { seconds, peakRssMb }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writeShards(folder: string): Promise<string[]> {
  const runs: string[] = []
  for (let shard = 0; shard < shards; shard++) {
    const id = `20261120T075331000Z-${shard.toString(16).padStart(4, '0')}`
    const path = join(folder, id)
    mkdirSync(path)
    const checks = Array.from({ length: checksPerShard }, (_, index) => `k3s-${shard}-${index}`)
    await writeJournal(join(path, 'events.ndjson'), { id, checks, assertions: assertions / checksPerShard })
    runs.push(path)
  }
  return runs
}
