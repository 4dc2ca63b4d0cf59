import { constraintOf } from '../../harness/profile/constraint.ts'
import { vmCheck } from '../../harness/vm/suite.ts'
import { flood, type Link, lostPackets } from '../../suites/vm/lib/measure-packets.ts'
import { receivedRates, transfer } from '../../suites/vm/lib/measure-rate.ts'
import { delayOf, jitterOf, noiseOf, roundTrips } from '../../suites/vm/lib/measure-round-trips.ts'
import { measuredGuest } from '../../suites/vm/lib/measured-guest.ts'
import { median } from '../../suites/vm/lib/quantiles.ts'
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
    const addresses = { link: beta.address(1), control: beta.address(2) }
    for (const [name, written] of Object.entries(fidelitySettings)) {
      const constraint = constraintOf(written)
      const { delay, loss, rate } = constraint
      const record = (what: string, value: number, unit: string) =>
        metric({ name: `${name}/${what}`, value, unit })
      await subtest(name, async () => {
        await constrain(alpha, constraint, card)
        if (delay !== null) {
          const trips = await roundTrips(alpha, addresses, {
            count: samples.pings,
            everySeconds: samples.everySeconds,
          })
          record('delay', delayOf(trips, delay.jitterSeconds > 0), 'ms')
          if (delay.jitterSeconds > 0) record('jitter', jitterOf(trips), 'ms')
          record('noise', noiseOf(trips), 'ms')
        }
        if (loss !== null) {
          const { sent, lost } = await lostPackets(link, samples.packets, 2 * (delay?.seconds ?? 0))
          record('loss', (lost * 100) / sent, '%')
        }
        if (rate !== null) {
          const stop = loss === null ? await transfer(link) : await flood(link, rate * 1.5)
          await alpha.sleep(1)
          record('rate', median(await receivedRates(beta, card, samples.seconds)) / 1e6, 'Mbit/s')
          await stop()
        }
      })
    }
  },
})
