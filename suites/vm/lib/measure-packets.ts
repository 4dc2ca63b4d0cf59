import type { VmNode } from 'vmproof'

/**
 * `send-packets CARD ADDRESS MAC COUNT BYTES NANOSECONDS` sends UDP packets by the kernel's own generator (module
 * pktgen): evenly paced, through the card's qdisc, and with no process that could fall behind. COUNT 0: until
 * `echo stop > /proc/net/pktgen/pgctrl`. At the end it says how many packets it has sent once more, because there was no
 * room in the qdisc. Format of the files: Documentation/networking/pktgen.rst of the kernel.
 */
const sendPacketsProgram = `#!/bin/sh -e
tell() {
  file=/proc/net/pktgen/$1
  shift
  for order; do echo "$order" > "$file"; done
}
tell kpktgend_0 rem_device_all "add_device $1"
tell "$1" 'xmit_mode queue_xmit' 'clone_skb 0' "dst $2" "dst_mac $3" 'udp_dst_min 9' 'udp_dst_max 9'
tell "$1" "count $4" "pkt_size $5" "delay $6"
tell pgctrl start
#   5000pps 2Mb/sec (2400000bps) errors: 0
sed -n 's/^.*bps) errors: //p' "/proc/net/pktgen/$1"
`

/** `arrived-packets` says how many UDP packets the kernel has received, whether or not anybody wanted them. */
const arrivedPacketsProgram = `#!/bin/sh -e
# Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors ...
# Udp: 12 9988 0 12 0 ...
awk '$1 == "Udp:" && $2 ~ /^[0-9]+$/ { print $2 + $3 + $4 }' /proc/net/snmp
`

/** For the guests of both ends. */
export const packetPrograms = {
  '/usr/bin/send-packets': sendPacketsProgram,
  '/usr/bin/arrived-packets': arrivedPacketsProgram,
}
export const packetModules = ['pktgen']

/** Two nodes and the card that both have on the link between them. */
export interface Link {
  from: VmNode
  to: VmNode
  /** Address of `to` on this link. */
  address: string
  /** Such as `eth1`, on both nodes. */
  card: string
}

/** The smallest that Ethernet has, as the kernel counts them. */
const smallestFrame = 60
/** Few enough for an emulated node to take them all, and for the queues of slow links. */
const packetsPerSecond = 2500

/** What a link has lost. */
export interface LossSample {
  /** Packets whose fate the link has decided. */
  sent: number
  lost: number
}

/**
 * Counts, by the kernels at both ends, what a link loses. What finds no room in its queue is no part of it: netem
 * draws the lot of a packet before it looks for room.
 *
 * @param count of packets that are not turned away @param flightSeconds how long the slowest one may take
 */
export async function lostPackets(link: Link, count: number, flightSeconds: number): Promise<LossSample> {
  const before = await arrivedPackets(link.to)
  const options = { count, bytes: smallestFrame, perSecond: packetsPerSecond }
  const turnedAway = Number(await link.from.succeed(await sending(link, options)))
  await link.to.succeed(`sleep ${flightSeconds + 0.2}`)
  const arrived = (await arrivedPackets(link.to)) - before
  return { sent: count + turnedAway, lost: count - arrived }
}

/** Offers a link more than it can carry. @param rate in bits per second @returns a function that ends it */
export async function flood(link: Link, rate: number): Promise<() => Promise<void>> {
  const bytes = 1514
  const command = await sending(link, { count: 0, bytes, perSecond: rate / 8 / bytes })
  await link.from.succeed(`${command} > /dev/null 2> /dev/console &`)
  return async () => {
    await link.from.succeed('echo stop > /proc/net/pktgen/pgctrl')
  }
}

async function sending(
  { to, address, card }: Link,
  { count, bytes, perSecond }: { count: number; bytes: number; perSecond: number },
): Promise<string> {
  const mac = (await to.succeed(`cat /sys/class/net/${card}/address`)).trim()
  return `send-packets ${card} ${address} ${mac} ${count} ${bytes} ${Math.round(1e9 / perSecond)}`
}

async function arrivedPackets(node: VmNode): Promise<number> {
  return Number(await node.succeed('arrived-packets'))
}
