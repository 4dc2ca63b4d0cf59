import { expect, test } from 'vitest'
import { cacheFolder } from '../../../host/cache-folder.ts'
import type { Profile } from '../../../model/profile.ts'
import { constraintOf } from '../../../profile/constraint.ts'
import { prepareGuest } from '../../../vm/guest/prepare.ts'
import { underProfile } from '../../../vm/source/conditions.ts'
import type { SuiteNode } from '../../../vm/source/definition.ts'
import type { NodeConfig } from '../../../vm/test-config.ts'
import { drive, smallNode } from '../../helpers/drive.ts'
import { makeGuest } from '../../helpers/guest.ts'
import { delaying, profile } from '../../helpers/profiles.ts'
import { reportOf } from '../../helpers/read-log.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

function nodeOf(name: string): SuiteNode {
  const node = { memoryMiB: 160, cores: 1, vlans: [1], diskSizesMiB: [], qemuOptions: [] }
  return { ...node, name, architecture: 'x86_64', guest: {} }
}

/** Two nodes as a suite's are under a profile, with guests of real packages. */
async function pairUnder(conditions: Profile): Promise<NodeConfig[]> {
  const nodes = underProfile([nodeOf('alpha'), nodeOf('beta')], conditions)
  return Promise.all(
    nodes.map(async ({ guest, ...node }) => ({
      ...node,
      architecture: 'x86_64' as const,
      accelerator: 'tcg' as const,
      boot: await prepareGuest(guest, 'x86_64', { cacheFolder: cacheFolder(), note: () => {} }),
    })),
  )
}

const leastTrip = /min\/avg\/max = ([\d.]+)\//

test('a link is constrained before a frame passes it, after every boot, and in both directions', async () => {
  const seen: Record<string, number> = {}
  const { end, text, events } = await drive<'alpha' | 'beta'>(
    async ({ alpha, beta, startAll }) => {
      const trip = async (name: string) => {
        // No packet is lost while both are there, so the first answer is a slow one already.
        const answer = await alpha.waitUntilSucceeds('ping -c 3 -W 5 beta')
        seen[name] = Number(leastTrip.exec(answer)?.[1])
      }
      await startAll()
      // Nothing is ever asked of beta.
      await trip('first')
      await alpha.reboot()
      await trip('rebooted')
      await beta.crash()
      await beta.start()
      await trip('started again')
    },
    { nodes: await pairUnder(delaying('slow', '80ms')), config: { globalTimeoutSeconds: 240 } },
  )
  expect(end).toBe('passed')
  expect(Object.keys(seen)).toEqual(['first', 'rebooted', 'started again'])
  for (const milliseconds of Object.values(seen)) expect(milliseconds).toBeGreaterThanOrEqual(160)
  const told = events.flatMap((event) => (event.type === 'linkConstrained' ? [event] : []))
  expect(told.map(({ node }) => node).sort()).toEqual(['alpha', 'alpha', 'beta', 'beta'])
  expect(told[0]).toMatchObject({ interface: 'eth1', text: 'delay 80ms' })
  expect(text.split('\n')[(told[0]?.line ?? 0) - 1]).toBe(`${told[0]?.node}: constrained eth1: delay 80ms`)
  expect(reportOf(events).assertions.map(({ kind }) => kind)).not.toContain('execute')
})

test('outages run in the guest, and nodes that a profile does not mean stay as they are', async () => {
  const outage = constraintOf({ outage: { every: '1s', lasts: '500ms' } })
  const links: Profile['links'] = [{ nodes: 'alpha', on: { type: 'vlan', number: 1 }, constraint: outage }]
  const nodes = await pairUnder(profile('flapping', { links }))
  expect(nodes.map(({ conditions }) => conditions?.length)).toEqual([1, 0])
  const { end, text } = await drive<'alpha' | 'beta'>(
    async ({ alpha, beta }) => {
      await beta.fail('tc -V')
      await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta')
      await alpha.waitUntilFails('ping -c 1 -W 1 beta')
      await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta')
    },
    { nodes, config: { globalTimeoutSeconds: 240 } },
  )
  expect(end).toBe('passed')
  expect(text).toContain('alpha: constrained eth1: out for 500ms of every 1s\n')
})

test.each<[string, Partial<NodeConfig>, RegExp]>([
  [
    'has no tc',
    {},
    /eth1 cannot be constrained \(delay 80ms\): the guest does not have ip and tc of iproute2$/,
  ],
  [
    'does not show what was asked for',
    { conditions: [{ interface: 'eth1', apply: 'true', expected: { netem: 1 }, words: 'delay 80ms' }] },
    /eth1 cannot be constrained \(delay 80ms\): tc does not show what holds now: /,
  ],
])(
  'a guest that %s ends the test as errored, even if its script wants to go on',
  async (_, facts, message) => {
    const [conditioned] = underProfile([nodeOf('machine')], delaying('slow', '80ms'))
    const conditions = conditioned?.conditions ?? []
    let isReached = false
    const { end, events } = await drive<'machine'>(
      async ({ machine }) => {
        await machine.succeed('true').catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        isReached = true
      },
      { nodes: [smallNode(makeGuest(scratchFolder()), { vlans: [1], conditions, ...facts })] },
    )
    const { outcome, failure } = reportOf(events)
    expect({ end, outcome, isReached }).toEqual({ end: 'failed', outcome: 'errored', isReached: false })
    expect(failure).toMatchObject({ kind: 'host', message: expect.stringMatching(message) })
  },
)
