import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Profile } from '../../../model/profile.ts'
import { linkCommands } from '../../../profile/qdisc.ts'
import { issueLine, readProfile } from '../../../profile/read-profile.ts'
import { projectRoot } from '../../helpers/project-root.ts'

const folder = join(projectRoot, 'profiles')

const shipped = [
  ...['asymmetric', 'baseline', 'bursty-loss', 'congested', 'constrained', 'edge', 'flapping-link'],
  ...['latency', 'lossy', 'satellite'],
]

function profile(name: string): Profile {
  const file = `profiles/${name}.toml`
  const read = readProfile(readFileSync(join(folder, `${name}.toml`), 'utf8'), { file, name })
  if (Array.isArray(read)) throw new Error(read.map(issueLine).join('\n'))
  return read
}

test('the shipped profiles are those that are promised', () => {
  const names = readdirSync(folder).flatMap((name) => (name.endsWith('.toml') ? [name.slice(0, -5)] : []))
  expect(names.sort()).toEqual(shipped)
})

test.each(shipped)('%s can be read, says what it imitates and constrains links', (name) => {
  const { links, imitates, source } = profile(name)
  expect(imitates.length).toBeGreaterThan(10)
  expect(source.length).toBeGreaterThan(5)
  expect(links.length === 0).toBe(name === 'baseline')
  for (const { constraint } of links) expect(linkCommands('eth1', constraint).apply.length).toBeGreaterThan(2)
})

test('edge is the combined edge device', () => {
  expect(profile('edge').links).toEqual([
    {
      nodes: '*',
      on: { type: 'all' },
      constraint: {
        delay: { seconds: 0.03, jitterSeconds: 0.005, distribution: 'normal' },
        loss: { type: 'random', average: 0.01 },
        duplication: 0,
        reordering: 0,
        corruption: 0,
        rate: 20e6,
        queue: null,
        outage: null,
      },
    },
  ])
})
