import type { Constraint } from '../../harness/model/profile.ts'
import { constraintOf } from '../../harness/profile/constraint.ts'
import type { VmNode } from '../../harness/vm/script/node.ts'
import { vmCheck } from '../../harness/vm/suite.ts'
import { flood, type Link, lostPackets } from '../../suites/vm/lib/measure-packets.ts'
import { receivedRate } from '../../suites/vm/lib/measure-rate.ts'
import {
  delayOf,
  jitterOf,
  noiseOf,
  type RoundTrips,
  roundTrips,
} from '../../suites/vm/lib/measure-round-trips.ts'
import { measuredGuest } from '../../suites/vm/lib/measured-guest.ts'
import { constrain } from '../../suites/vm/lib/tc.ts'
import { fidelitySettings, samples } from '../lib/fidelity-settings.ts'

const card = 'eth1'
const node = { memory: '256M', vlans: [1, 2], guest: measuredGuest }

/** Measures, and demands nothing: metrics `SETTING/delay`, `SETTING/jitter`, `SETTING/loss`, `SETTING/rate`, `SETTING/noise`. */
export default vmCheck({
  name: 'fidelity',
  description: 'What comes out of constraints on a link',
  timeout: '10m',
  nodes: { alpha: node, beta: node },

  body: async ({ alpha, beta, startAll, subtest, metric }) => {
    await startAll()
    const link: Link = { from: alpha, to: beta, address: beta.address(1), card }
    for (const [name, written] of Object.entries(fidelitySettings)) {
      const constraint = constraintOf(written)
      await subtest(name, async () => {
        await constrain(alpha, constraint, card)
        const figures = [
          ...(await delayFigures(constraint, alpha, { link: beta.address(1), control: beta.address(2) })),
          ...(await lossFigures(constraint, link)),
          ...(await rateFigures(constraint, link)),
        ]
        for (const { what, value, unit } of figures) metric({ name: `${name}/${what}`, value, unit })
      })
    }
  },
})

interface Figure {
  what: 'delay' | 'jitter' | 'noise' | 'loss' | 'rate'
  value: number
  unit: string
}

/** Of several samples the one during which the host was least busy, as the link shows that nothing constrains. */
async function delayFigures(
  { delay }: Constraint,
  from: VmNode,
  addresses: { link: string; control: string },
): Promise<Figure[]> {
  if (delay === null) return []
  const trips: RoundTrips[] = []
  while (trips.length < samples.bursts) trips.push(await roundTrips(from, addresses, samples.pings))
  const quietest = trips.reduce((one, other) => (noiseOf(other) < noiseOf(one) ? other : one))
  const varies = delay.jitterSeconds > 0
  return [
    { what: 'delay', value: delayOf(quietest, varies), unit: 'ms' },
    { what: 'noise', value: noiseOf(quietest), unit: 'ms' },
    ...(varies ? [{ what: 'jitter', value: jitterOf(quietest), unit: 'ms' } as const] : []),
  ]
}

async function lossFigures({ loss, delay }: Constraint, link: Link): Promise<Figure[]> {
  if (loss === null) return []
  const { sent, lost } = await lostPackets(link, samples.packets, 2 * (delay?.seconds ?? 0))
  return [{ what: 'loss', value: (lost * 100) / sent, unit: '%' }]
}

/** Not by TCP, whose rate is also that of two emulated nodes. */
async function rateFigures({ rate }: Constraint, link: Link): Promise<Figure[]> {
  if (rate === null) return []
  const stop = await flood(link, rate * 1.5)
  await link.from.sleep(1)
  const received = await receivedRate(link.to, card, samples.seconds)
  await stop()
  return [{ what: 'rate', value: received / 1e6, unit: 'Mbit/s' }]
}
