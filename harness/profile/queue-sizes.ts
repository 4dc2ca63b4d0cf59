import type { Constraint, Delay, QueueLimit } from '../model/profile.ts'

/** An Ethernet frame of the usual MTU as qdiscs count it: header and 1500 bytes. */
export const frameBytes = 1514

/** Where a link has no rate, its delay line must hold what this many bits per second bring along. */
const lineRate = 1e9
/** netem's own default; fewer would make a short delay lose packets that the bare link passes. */
const fewestPackets = 1000
/** Tables of delays end at this many times the jitter. */
const widestJitter = 4
/**
 * How late a timer may ring where guests share cores. What a token bucket cannot hold until then is lost to the rate:
 * with a bucket of one frame, 20 Mbit/s came out as 17.
 */
const latestWake = 0.01
/** A queue that never drops the beginning of a TCP connection. */
const fewestWaiting = 32
const shortestQueueSeconds = 0.05

/** Bytes that a link may send at once after a pause. @param rate in bits per second */
export function burstBytes(rate: number): number {
  return Math.max(2 * frameBytes, Math.ceil(bytesIn(rate, latestWake)))
}

/**
 * Bytes that may wait for their turn: what was asked for, else as much as a round trip over two such links holds
 * (the rule by which routers' buffers are sized), and no less than 50 ms. @param rate in bits per second
 */
export function waitingBytes(rate: number, { queue, delay }: Pick<Constraint, 'queue' | 'delay'>): number {
  if (queue !== null) return inBytes(queue)
  const seconds = Math.max(shortestQueueSeconds, 2 * (delay?.seconds ?? 0))
  return Math.max(fewestWaiting * frameBytes, Math.ceil(bytesIn(rate, seconds)))
}

/**
 * netem's limit: it drops what comes on top without a word, and what is merely on its way counts, too. So it is the
 * packets under way (rate × longest delay, in full frames, which are what fills a link) and those that wait for the
 * rate.
 */
export function netemPackets({ rate, delay, queue }: Pick<Constraint, 'rate' | 'delay' | 'queue'>): number {
  const underWay = inPackets(bytesIn(rate ?? lineRate, longestDelay(delay)))
  if (rate === null) return Math.max(fewestPackets, underWay)
  const waiting = queue?.unit === 'packets' ? queue.amount : inPackets(waitingBytes(rate, { queue, delay }))
  return underWay + waiting
}

function longestDelay(delay: Delay | null): number {
  return delay === null ? 0 : delay.seconds + widestJitter * delay.jitterSeconds
}

function inBytes({ unit, amount }: QueueLimit): number {
  return unit === 'bytes' ? amount : amount * frameBytes
}

function inPackets(bytes: number): number {
  // The last digits of a product of fractions must not cost a packet.
  return Math.ceil(Number((bytes / frameBytes).toFixed(6)))
}

function bytesIn(rate: number, seconds: number): number {
  return (rate / 8) * seconds
}
