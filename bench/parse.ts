import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './lib/median.ts'

const logs = 'harness/test/fixtures/driver-logs'
const rounds = 3

/**
 * `vmproof parse` of a gigabyte of driver logs (`VMPROOF_BENCH_MB` for less) against grep on the same file, in turns.
 * The file is every recorded log again and again, so that thousands of tests come out.
 */
export default async function parse(say: (line: string) => void): Promise<Record<string, number>> {
  const megabytes = Number(process.env.VMPROOF_BENCH_MB ?? 1000)
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-'))
  try {
    const file = join(folder, 'driver.log')
    writeLog(file, megabytes * 1_000_000)
    const ours: Taken[] = []
    const greps: Taken[] = []
    for (let round = 0; round < rounds; round++) {
      greps.push(await take('grep', ['-cE', 'must succeed|finished:|waiting for', file]))
      ours.push(await take(process.execPath, ['harness/bin.mjs', 'parse', '--format', 'json', file]))
    }
    const grepSeconds = median(greps.map(({ seconds }) => seconds))
    const seconds = median(ours.map((one) => one.seconds))
    const peakRssMb = Math.max(...ours.map((one) => one.peakRssMb))
    const ratioToGrep = seconds / grepSeconds
    say(
      `${megabytes} MB, medians of ${rounds}: grep ${grepSeconds.toFixed(2)} s, parse ${seconds.toFixed(2)} s`,
    )
    say(`${ratioToGrep.toFixed(1)} times grep (bound 8), peak ${peakRssMb.toFixed(0)} MB (bound 200)`)
    return { ratioToGrep, peakRssMb, seconds, grepSeconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeLog(path: string, size: number): void {
  const names = readdirSync(logs).filter((name) => name.endsWith('.log'))
  const round = Buffer.concat(names.sort().map((name) => readFileSync(join(logs, name))))
  const file = openSync(path, 'w')
  for (let left = size; left > 0; left -= round.length)
    writeSync(file, round, 0, Math.min(left, round.length))
  closeSync(file)
}

interface Taken {
  seconds: number
  peakRssMb: number
}

/** Runs a program to its end; its output is read and thrown away. */
async function take(program: string, args: string[]): Promise<Taken> {
  const begin = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let peakRssMb = 0
  const watch = setInterval(() => {
    peakRssMb = Math.max(peakRssMb, peakOf(child))
  }, 20)
  child.stdout.resume()
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  clearInterval(watch)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}`)
  return { seconds: (performance.now() - begin) / 1000, peakRssMb }
}

/** The kernel's own high-water mark, in MB; 0 where there is none to read. */
function peakOf({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}
