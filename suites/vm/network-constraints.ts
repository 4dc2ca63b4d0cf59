import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Constraint, Profile } from '../../harness/model/profile.ts'
import { constraintOf, noConstraint, type WrittenConstraint } from '../../harness/profile/constraint.ts'
import { averageLoss } from '../../harness/profile/qdisc.ts'
import { issueLine, readProfile } from '../../harness/profile/read-profile.ts'
import type { VmNode } from '../../harness/vm/script/node.ts'
import type { TestTools } from '../../harness/vm/script/test-script.ts'
import { vmCheck } from '../../harness/vm/suite.ts'
import { binomialInterval } from './lib/binomial.ts'
import { agreedLeader, type EtcdMember, etcdDisks, etcdGuest, formatDisk, startEtcd } from './lib/etcd.ts'
import { demandValue, etcdWritePrograms, writeTime } from './lib/etcd-writes.ts'
import { flood, type Link, lostPackets } from './lib/measure-packets.ts'
import { receivedRate, transfer } from './lib/measure-rate.ts'
import {
  delayOf,
  fastest,
  jitterOf,
  noiseOf,
  type RoundTrips,
  roundTrips,
} from './lib/measure-round-trips.ts'
import { measuredGuest } from './lib/measured-guest.ts'
import { quantile } from './lib/quantiles.ts'
import { constrain, release } from './lib/tc.ts'
import { isNear, untilRight } from './lib/until-right.ts'

/** Short forms of the profiles: one thing at a time, and then the combined edge device. */
const constraints: Record<string, WrittenConstraint> = {
  delay: { delay: '50ms' },
  jitter: { delay: '40ms', jitter: '5ms', distribution: 'normal' },
  loss: { loss: '5%' },
  rate: { rate: '10mbit' },
  outage: { outage: { every: '3s', lasts: '1s' } },
  edge: { delay: '30ms', jitter: '5ms', distribution: 'normal', loss: '1%', rate: '20mbit' },
}

/**
 * False alarms of chance: a right loss lies outside its interval once in 10,000 measurements, and is measured twice; the
 * median of so many round trips is 2 ms off (5 standard errors at the largest jitter), and their spread 30 % (5 as well),
 * less than once in 100,000. In all, less than once in 1000 runs.
 */
const lossCertainty = 0.9999
const pings = { count: 250, everySeconds: 0.004 }
const pingsOverOutages = { count: 600, everySeconds: 0.01 }
const packets = 10_000
const writes = 10

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

/**
 * Two members of etcd, so that no write is done before it has crossed the link and come back. By itself the check sets one
 * constraint after the other and demands that each does what its name says; under a profile, whose constraints hold
 * already, it demands that etcd bears them, and measures the link and the writes.
 */
export default vmCheck({
  name: 'network-constraints',
  description:
    'Constraints on a link do what their names say: delay, jitter, loss, rate, an edge device; etcd bears them',
  tags: ['network', 'constraints', 'etcd'],
  timeout: '3m',
  nodes: { alpha: member, beta: member },

  body: async ({ alpha, beta, ...tools }) => {
    const { print, subtest, expect, profile } = tools
    const link: Link = { from: alpha, to: beta, address: beta.address(1), card }
    const ping = (sample = pings) =>
      roundTrips(alpha, { link: beta.address(1), control: beta.address(2) }, sample)

    print('[PHASE 1] the cluster forms')
    await tools.startAll()
    const { leader, follower } = await subtest('etcd forms over the link', () => formCluster([alpha, beta]))
    if (profile !== null) return measureAsItIs({ tools, link, leader, follower })
    const baseline = { tools, name: 'baseline', constraint: noConstraint }
    const before = await expectRoundTrips(baseline, ping)
    const { lost } = await lostPackets(link, packets, 0)
    // An overloaded host may make one of them late.
    expect({ name: 'baseline-loss', value: percent(lost, packets), unit: '%', node: 'alpha' }).toBeAtMost(
      0.05,
    )
    await expectEtcd(baseline, leader, follower)

    for (const [index, [name, written]] of Object.entries(constraints).entries()) {
      print(`[PHASE ${index + 2}] ${name}: ${JSON.stringify(written)}`)
      const constrained = { tools, name, constraint: constraintOf(written) }
      await subtest(name, async () => {
        await constrain(alpha, constrained.constraint, card)
        if (constrained.constraint.outage === null) await expectRoundTrips(constrained, ping)
        else expectOutages(constrained, await ping(pingsOverOutages))
        await expectLoss(constrained, link)
        await expectRate(constrained, link)
        await expectEtcd(constrained, leader, follower)
      })
    }

    print(`[PHASE ${Object.keys(constraints).length + 2}] the profiles that this project has`)
    for (const { name, links } of shippedProfiles()) {
      for (const { constraint } of links) {
        await subtest(`under ${name}, nodes reach each other`, async () => {
          await constrain(alpha, constraint, card)
          await alpha.succeed(`ping -c 5 -i 0.1 ${link.address}`)
        })
      }
    }

    print(`[PHASE ${Object.keys(constraints).length + 3}] recovery`)
    await release(alpha, card)
    const value = await untilRight(
      async () => fastest((await ping()).link),
      (one) => isNear(one, before, { absolute: 5 }),
    )
    expect({ name: 'recovery-rtt', value, unit: 'ms', node: 'alpha' }).toBeNear(before, { absolute: 5 })
    await expectEtcd({ ...baseline, name: 'recovery' }, leader, follower)
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

/** For profiles: all links are constrained at both ends, and how is not said here. */
const packetsAsItIs = 2000
const slowestFlightSeconds = 2
const pingsAsItIs = { count: 50, everySeconds: 0.1 }

async function measureAsItIs({
  tools,
  link,
  leader,
  follower,
}: {
  tools: TestTools
  link: Link
  leader: EtcdMember
  follower: EtcdMember
}): Promise<void> {
  const node = link.from.name
  tools.print('[PHASE 2] the link as it is')
  const trips = await roundTrips(link.from, { link: link.address, control: link.to.address(2) }, pingsAsItIs)
  tools.metric({ name: 'rtt', value: quantile(trips.link, 0.5), unit: 'ms', node })
  const { sent, lost } = await lostPackets(link, packetsAsItIs, slowestFlightSeconds)
  tools.metric({ name: 'loss', value: percent(lost, sent), unit: '%', node })
  tools.print('[PHASE 3] etcd over it')
  const value = await writeTime(leader, writes, 'as-it-is')
  tools.metric({ name: 'etcd-write', value, unit: 'ms', node: leader.node.name })
  await demandValue(follower, 'as-it-is')
}

/**
 * Of the delay, only what `alpha` sends is delayed, so a round trip takes it once.
 * @returns the fastest round trip in milliseconds
 */
async function expectRoundTrips(
  { tools, name, constraint }: Constrained,
  measure: () => Promise<RoundTrips>,
): Promise<number> {
  const { seconds = 0, jitterSeconds = 0 } = constraint.delay ?? {}
  const [delayMs, jitterMs] = [seconds * 1000, jitterSeconds * 1000]
  const varies = jitterMs > 0
  const tolerance = (trips: RoundTrips) => ({ percent: 5, absolute: 2 + (varies ? noiseOf(trips) : 0) })
  const trips = await untilRight(measure, (one) => {
    const isJitterRight = !varies || isNear(jitterOf(one), jitterMs, jitterTolerance)
    return isNear(delayOf(one, varies), delayMs, tolerance(one)) && isJitterRight
  })
  const delay = { name: `${name}-delay`, value: delayOf(trips, varies), unit: 'ms', node: 'alpha' }
  tools.expect(delay).toBeNear(delayMs, tolerance(trips))
  if (varies) {
    const jitter = { name: `${name}-jitter`, value: jitterOf(trips), unit: 'ms', node: 'alpha' }
    tools.expect(jitter).toBeNear(jitterMs, jitterTolerance)
    tools.metric({ name: `${name}-noise`, value: noiseOf(trips), unit: 'ms' })
  }
  return fastest(trips.link)
}

/** Where the outages begin within the sample is a matter of luck, and the loop that makes them is a shell's. */
function expectOutages({ tools, name, constraint }: Constrained, { link, control }: RoundTrips): void {
  const { everySeconds = 1, lastsSeconds = 0 } = constraint.outage ?? {}
  const gone = {
    name: `${name}-part`,
    value: (1 - link.length / control.length) * 100,
    unit: '%',
    node: 'alpha',
  }
  tools.expect(gone).toBeNear((lastsSeconds / everySeconds) * 100, { absolute: 20 })
}

async function expectLoss({ tools, name, constraint }: Constrained, link: Link): Promise<void> {
  if (constraint.loss === null) return
  const flightSeconds = 2 * (constraint.delay?.seconds ?? 0)
  const { sent, lost } = await lostPackets(link, packets, flightSeconds)
  const [least, most] = binomialInterval(sent, averageLoss(constraint.loss), lossCertainty)
  const loss = { name: `${name}-loss`, value: percent(lost, sent), unit: '%', node: 'alpha' }
  tools.expect(loss).toBeBetween(percent(least, sent), percent(most, sent))
}

/** TCP alone would not fill a link that loses packets. */
async function expectRate({ tools, name, constraint }: Constrained, link: Link): Promise<void> {
  if (constraint.rate === null) return
  const stop = constraint.loss === null ? await transfer(link) : await flood(link, constraint.rate * 1.5)
  const target = constraint.rate / 1e6
  const value = await untilRight(
    async () => (await receivedRate(link.to, card, 3)) / 1e6,
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
  const { seconds = 0, jitterSeconds = 0 } = constraint.delay ?? {}
  const least = seconds - (3 * jitterSeconds) / Math.sqrt(writes)
  // TCP, which tries again after ever longer pauses, finds out late that an outage is over.
  const most = 1 + 3 * (constraint.outage?.lastsSeconds ?? 0)
  const value = await writeTime(leader, writes, name)
  tools
    .expect({ name: `${name}-etcd-write`, value, unit: 'ms', node: leader.node.name })
    .toBeBetween(least * 1000, most * 1000)
  await demandValue(follower, name)
}

function percent(part: number, whole: number): number {
  return (part * 100) / whole
}

function shippedProfiles(): Profile[] {
  const folder = join(import.meta.dirname, '../../profiles')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.toml'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const profile = readProfile(text, { file, name: basename(file, '.toml') })
      if (Array.isArray(profile)) throw new Error(profile.map(issueLine).join('\n'))
      return profile
    })
}
