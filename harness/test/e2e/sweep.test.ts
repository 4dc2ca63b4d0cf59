import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../model/report.ts'
import type { MatrixReport, SearchReport } from '../../model/sweep.ts'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'

/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

/** Two nodes that measure the fastest of some round trips, which a busy host hardly touches. */
function pair(name: string, demand: string): string {
  return suite(
    name,
    `nodes: { alpha: { memory: '160M' }, beta: { memory: '160M' } }, timeout: '1m'`,
    `const { alpha, beta, startAll, metric, expect } = context
    await startAll()
    await alpha.waitUntilSucceeds('ping -c 1 -W 5 ' + beta.address())
    const answer = await alpha.succeed('ping -c 10 -i 0.2 ' + beta.address())
    const value = Number(/min.avg.max = ([\\d.]+)/.exec(answer)?.[1])
    ${demand}`,
  )
}

test('a sweep over real VMs: a matrix of what each profile makes of a check', async () => {
  const measures = `metric({ name: 'rtt', value, unit: 'ms', node: 'alpha' })`
  const folder = suiteProject({ 'distance.ts': pair('distance', measures) })
  const args = ['sweep', '--profiles', 'baseline,latency,delay=100ms', '--json']
  const { code, stdout, stderr } = await vmproof(args, folder, userCache)
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(/^CHECK +baseline +latency +delay=100ms$/m)
  expect(stderr).toMatch(/^distance +✓ \S+ s +✓ \S+ s ×\d+\.\d +✓ \S+ s ×\d+\.\d$/m)
  const { sweep, checks } = JSON.parse(stdout) as RunReport & { sweep: MatrixReport }
  expect(checks.map(({ profile, execution }) => [profile, execution])).toEqual([
    ['baseline', 'executed'],
    ['latency', 'executed'],
    ['delay=100ms', 'executed'],
  ])
  const roundTrips = sweep.cells.map(({ metrics: [rtt] }) => rtt?.value ?? Number.NaN)
  // Both ends delay: 25 ± 5 ms, and 100 ms. The jitter's tail ends at 4 times the jitter.
  expect(roundTrips[1]).toBeGreaterThan(2 * (25 - 20))
  expect(roundTrips[2]).toBeGreaterThanOrEqual(200)
  expect(JSON.parse(readFileSync(join(folder, 'reports/latest/sweep.json'), 'utf8'))).toEqual(sweep)
})

test('a search finds the delay at which a check stops passing', async () => {
  const demands = `expect({ name: 'rtt', value, unit: 'ms' }).toBeAtMost(600)`
  const folder = suiteProject({ 'impatient.ts': pair('impatient', demands) })
  const args = ['sweep', 'impatient', '--find', 'delay=0ms..800ms', '--repeat', '1', '--points', '5']
  const { code, stdout } = await vmproof(args, folder, userCache)
  // The round trip takes the delay of both ends: 600 ms are exceeded from 300 ms on.
  expect(stdout).toContain('impatient stops passing between delay 200 ms and 400 ms (5 points, 5 attempts)\n')
  expect(code).toBe(0)
  const { results } = JSON.parse(
    readFileSync(join(folder, 'reports/latest/sweep.json'), 'utf8'),
  ) as SearchReport
  expect(results).toMatchObject([
    { check: 'impatient', ending: { type: 'found', milder: 200, harsher: 400 }, contradictions: [] },
  ])
  expect(results[0]?.points.map(({ value, passed }) => [value, passed])).toEqual([
    [0, 1],
    [200, 1],
    [400, 0],
    [600, 0],
    [800, 0],
  ])
})
