import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport } from '../../model/report.ts'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'

/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

const far = `description = "far away"
imitates = "the other side of the world"
source = "chosen here"
timeout-factor = 2
[[links]]
delay = "60ms"
`

const measuresPing = `const { alpha, beta, metric, startAll } = context
    await startAll()
    const answer = await alpha.waitUntilSucceeds('ping -c 3 -W 5 ' + beta.address())
    metric({ name: 'rtt', value: Number(/min.avg.max = ([\\d.]+)/.exec(answer)[1]), unit: 'ms' })`

test('a suite runs under a profile of its project, and every report tells it', async () => {
  const nodes = `nodes: { alpha: { memory: '160M' }, beta: { memory: '160M' } }, timeout: '30s'`
  const folder = suiteProject({
    'distance.ts': suite('distance', nodes, measuresPing),
    'picky.ts': suite('picky', `${nodes}, profiles: ['near']`),
  })
  mkdirSync(join(folder, 'profiles'))
  writeFileSync(join(folder, 'profiles/far.toml'), far)
  const run = (...args: string[]) => vmproof(['run', ...args], folder, userCache)
  const { code, stdout, stderr } = await run('--profile', 'far', '--json')
  expect(code, stderr).toBe(0)
  const { checks } = JSON.parse(stdout) as RunReport
  expect(checks.map(({ name, profile, outcome, skip }) => [name, profile, outcome, skip])).toEqual([
    ['distance', 'far', 'passed', null],
    ['picky', 'far', 'skipped', 'profile'],
  ])
  expect(checks[0]?.metrics[0]?.value).toBeGreaterThanOrEqual(120)
  expect(stderr).toMatch(/PASSED {2}distance@far /)
  expect(stderr).toContain('it is not meant for the profile far, only for near')
  const latest = join(folder, 'reports/latest')
  const junit = readFileSync(join(latest, 'junit.xml'), 'utf8')
  expect(junit).toContain('<testsuite name="distance@far"')
  expect(junit).toContain('<property name="profile" value="far"/>')
  const log = readFileSync(join(latest, 'distance@far/attempt-1/driver.log'), 'utf8')
  expect(log).toContain('alpha: constrained eth1: delay 60ms\n')
  expect(readFileSync(join(latest, 'events.ndjson'), 'utf8')).toContain(
    '"type":"linkConstrained","node":"beta"',
  )
  const slip = await run('--profile', 'fra')
  expect([slip.code, slip.stderr]).toEqual([2, expect.stringContaining('did you mean far?')])
  expect((await run('picky', '--profile', 'far', '--dry-run')).code).toBe(5)
  const plan = JSON.parse((await run('--profile', 'far', '--dry-run', '--json')).stdout)
  const bare = JSON.parse((await run('--dry-run', '--json')).stdout)
  expect(plan.plan[0]).toMatchObject({ instance: 'distance@far', profile: 'far' })
  expect(plan.plan[0].timeoutSeconds).toBe(2 * bare.plan[0].timeoutSeconds)
  expect(plan.plan[0].expectedSeconds).toBeGreaterThan(0)
  expect(bare.plan[0].expectedSeconds).toBeNull()
})

test("a test that Nix builds is another derivation under a profile, and its VMs' links are slower", async () => {
  const out = scratchFolder()
  const args = ['run', 'pair', '--kind', 'nixos', '--profile', 'latency', '--out', out, '--json']
  const { code, stdout, stderr } = await vmproof(args, projectRoot, userCache)
  expect(code, stderr).toBe(0)
  const [check] = (JSON.parse(stdout) as RunReport).checks
  expect(check).toMatchObject({ name: 'pair', profile: 'latency', outcome: 'passed', execution: 'executed' })
  const rtt = check?.metrics.find(({ name }) => name === 'rtt')?.value ?? 0
  // Twice 25 ± 5 ms, which five answers are not far from.
  expect(rtt).toBeGreaterThan(40)
  const derivationUnder = async (...profile: string[]) => {
    const dry = ['run', 'pair', '--kind', 'nixos', '--dry-run', '--json', ...profile]
    const plan = JSON.parse((await vmproof(dry, projectRoot, userCache)).stdout)
    return plan.plan[0].derivation
  }
  const bare = await derivationUnder()
  expect(await derivationUnder('--profile', 'latency')).not.toBe(bare)
  expect(await derivationUnder('--profile', 'baseline')).toBe(bare)
})
