import type { Constraint } from '../../harness/model/profile.ts'
import { constraintOf, noConstraint, type WrittenConstraint } from '../../harness/profile/constraint.ts'
import { averageLoss } from '../../harness/profile/qdisc.ts'
import type { VmNode } from '../../harness/vm/script/node.ts'
import type { TestTools } from '../../harness/vm/script/test-script.ts'
import { vmCheck } from '../../harness/vm/suite.ts'
import { binomialInterval } from './lib/binomial.ts'
import { agreedLeader, type EtcdMember, etcdDisks, etcdGuest, formatDisk, startEtcd } from './lib/etcd.ts'
import { demandValue, etcdWritePrograms, writeTime } from './lib/etcd-writes.ts'
import { flood, type Link, lostPackets } from './lib/measure-packets.ts'
import { receivedRates, transfer } from './lib/measure-rate.ts'
import { type RoundTrips, roundTrips } from './lib/measure-round-trips.ts'
import { measuredGuest } from './lib/measured-guest.ts'
import { median, spread } from './lib/quantiles.ts'
import { constrain, release } from './lib/tc.ts'
import { isNear, untilRight } from './lib/until-right.ts'

/** Short forms of the profiles: one thing at a time, and then the combined edge device. */
const constraints: Record<string, WrittenConstraint> = {
  delay: { delay: '50ms' },
  jitter: { delay: '40ms', jitter: '5ms', distribution: 'normal' },
  loss: { loss: '5%' },
  rate: { rate: '10mbit' },
  edge: { delay: '30ms', jitter: '5ms', distribution: 'normal', loss: '1%', rate: '20mbit' },
}

/**
 * False alarms of chance: a right loss lies outside its interval once in 10,000 measurements, and is measured twice; the
 * median of so many round trips is 2 ms off (5 standard errors at the largest jitter), and their spread 30 % (5 as well),
 * less than once in 100,000. In all, less than once in 1000 runs.
 */
const lossCertainty = 0.9999
const pings = { count: 250, everySeconds: 0.004 }
const packets = 20_000
const writes = 20

const delayTolerance = { percent: 5, absolute: 2 }
const jitterTolerance = { percent: 30, absolute: 2 }
const rateTolerance = { percent: 10 }

/** Carries etcd and is constrained at the end of `alpha`; eth2 stays as it is, to compare with. */
const card = 'eth1'

const member = {
  memory: '256M',
  vlans: [1, 2],
  disks: etcdDisks,
  guest: {
    packages: [...measuredGuest.packages, ...etcdGuest.packages],
    modules: [...measuredGuest.modules, ...etcdGuest.modules],
    files: { ...measuredGuest.files, ...etcdGuest.files, ...etcdWritePrograms },
  },
}

/** Two members of etcd, so that no write is done before it has crossed the link and come back. */
export default vmCheck({
  name: 'network-constraints',
  description:
    'Constraints on a link do what their names say: delay, jitter, loss, rate, an edge device; etcd bears them',
  tags: ['network', 'constraints', 'etcd'],
  timeout: '3m',
  // It sets constraints of its own.
  profiles: ['baseline'],
  nodes: { alpha: member, beta: member },

  body: async ({ alpha, beta, ...tools }) => {
    const { print, subtest, expect } = tools
    const link: Link = { from: alpha, to: beta, address: beta.address(1), card }
    const measureRoundTrips = () =>
      roundTrips(alpha, { link: beta.address(1), control: beta.address(2) }, pings)

    print('[PHASE 1] nothing is constrained')
    await tools.startAll()
    const { leader, follower } = await subtest('etcd forms over the link', () => formCluster([alpha, beta]))
    const before = await expectRoundTrips(
      { tools, name: 'baseline', constraint: noConstraint },
      measureRoundTrips,
    )
    const lost = await lostPackets(link, packets, 0)
    expect({ name: 'baseline-loss', value: percentOf(lost), unit: '%', node: 'alpha' }).toBeAtMost(0.05)
    await expectEtcd({ tools, name: 'baseline', constraint: noConstraint }, leader, follower)

    for (const [index, [name, written]] of Object.entries(constraints).entries()) {
      print(`[PHASE ${index + 2}] ${name}: ${JSON.stringify(written)}`)
      const constraint = constraintOf(written)
      await subtest(name, async () => {
        await constrain(alpha, written, card)
        await expectRoundTrips({ tools, name, constraint }, measureRoundTrips)
        await expectLoss({ tools, name, constraint }, link)
        await expectRate({ tools, name, constraint }, link)
        await expectEtcd({ tools, name, constraint }, leader, follower)
      })
    }

    print(`[PHASE ${Object.keys(constraints).length + 2}] recovery`)
    await release(alpha, card)
    const after = await untilRight(
      async () => median((await measureRoundTrips()).link),
      (value) => isNear(value, before, { absolute: 5 }),
    )
    expect({ name: 'recovery-rtt', value: after, unit: 'ms', node: 'alpha' }).toBeNear(before, {
      absolute: 5,
    })
    await expectEtcd({ tools, name: 'recovery', constraint: noConstraint }, leader, follower)
  },
})

/** A constraint that holds now, what it is called in metrics, and what to expect with. */
interface Constrained {
  tools: TestTools
  name: string
  constraint: Constraint
}

async function formCluster(nodes: VmNode[]): Promise<{ leader: EtcdMember; follower: EtcdMember }> {
  const members = nodes.map((node) => ({ node, address: node.address(1) }))
  await Promise.all(
    members.map(async (one) => {
      await formatDisk(one.node)
      await startEtcd(one, members)
    }),
  )
  const leader = await agreedLeader(members, '30s')
  return { leader, follower: members.find((one) => one !== leader) ?? leader }
}

/**
 * Of the delay, only what `alpha` sends is delayed, so a round trip takes it once.
 * @returns the median of the round trips in milliseconds
 */
async function expectRoundTrips(
  { tools, name, constraint }: Constrained,
  measure: () => Promise<RoundTrips>,
): Promise<number> {
  const { seconds = 0, jitterSeconds = 0 } = constraint.delay ?? {}
  const [delayMs, jitterMs] = [seconds * 1000, jitterSeconds * 1000]
  const delayOf = ({ link, control }: RoundTrips) => median(link) - median(control)
  const trips = await untilRight(measure, (one) => {
    const isJitterRight = jitterMs === 0 || isNear(spread(one.link), jitterMs, jitterTolerance)
    return isNear(delayOf(one), delayMs, delayTolerance) && isJitterRight
  })
  const delay = { name: `${name}-delay`, value: delayOf(trips), unit: 'ms', node: 'alpha' }
  tools.expect(delay).toBeNear(delayMs, delayTolerance)
  if (jitterMs > 0) {
    const jitter = { name: `${name}-jitter`, value: spread(trips.link), unit: 'ms', node: 'alpha' }
    tools.expect(jitter).toBeNear(jitterMs, jitterTolerance)
  }
  return median(trips.link)
}

async function expectLoss({ tools, name, constraint }: Constrained, link: Link): Promise<void> {
  if (constraint.loss === null) return
  const lost = await lostPackets(link, packets, constraint.delay?.seconds ?? 0)
  const [least, most] = binomialInterval(packets, averageLoss(constraint.loss), lossCertainty)
  const loss = { name: `${name}-loss`, value: percentOf(lost), unit: '%', node: 'alpha' }
  tools.expect(loss).toBeBetween(percentOf(least), percentOf(most))
}

/** TCP alone would not fill a link that loses packets. */
async function expectRate({ tools, name, constraint }: Constrained, link: Link): Promise<void> {
  if (constraint.rate === null) return
  const stop = constraint.loss === null ? await transfer(link) : await flood(link, constraint.rate * 1.5)
  const target = constraint.rate / 1e6
  const value = await untilRight(
    async () => Math.max(...(await receivedRates(link.to, card, 2))) / 1e6,
    (one) => isNear(one, target, rateTolerance),
  )
  await stop()
  tools.expect({ name: `${name}-rate`, value, unit: 'Mbit/s', node: 'beta' }).toBeNear(target, rateTolerance)
}

/** A write cannot be faster than the link, and what was written is there at the other end. */
async function expectEtcd(
  { tools, name, constraint }: Constrained,
  leader: EtcdMember,
  follower: EtcdMember,
): Promise<void> {
  const least =
    ((constraint.delay?.seconds ?? 0) - (3 * (constraint.delay?.jitterSeconds ?? 0)) / Math.sqrt(writes)) *
    1000
  const value = await writeTime(leader, writes, name)
  tools
    .expect({ name: `${name}-etcd-write`, value, unit: 'ms', node: leader.node.name })
    .toBeBetween(least, 1000)
  await demandValue(follower, name)
}

function percentOf(count: number): number {
  return (count * 100) / packets
}
