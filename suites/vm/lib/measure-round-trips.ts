import type { VmNode } from '../../../harness/vm/script/node.ts'
import { median, quantile, spread } from './quantiles.ts'

/**
 * `round-trips COUNT SECONDS ADDRESS...` pings all addresses at once and says `ADDRESS MILLISECONDS` for each answer.
 * The first of each is left out: it asks for the hardware address, too.
 */
const roundTripsProgram = `#!/bin/sh -e
count=$1 pause=$2
shift 2
for address; do
  ping -c "$count" -i "$pause" "$address" > "/run/ping-$address" &
done
wait
for address; do
  # 64 bytes from 192.168.1.2: seq=1 ttl=64 time=1.269 ms
  sed -n "s/^.*seq=[1-9].* time=\\([0-9.]*\\) ms.*/$address \\1/p" "/run/ping-$address"
done
`

/** For the `files` of guests that measure round trips. */
export const roundTripPrograms = { '/usr/bin/round-trips': roundTripsProgram }

/** Round-trip times in milliseconds. */
export interface RoundTrips {
  /** Over the link in question. */
  link: number[]
  /** At the same time, over the link that nothing constrains: what the machines alone take just now. */
  control: number[]
}

/** Pings over two links at once, so that a busy host slows both down alike. */
export async function roundTrips(
  from: VmNode,
  { link, control }: { link: string; control: string },
  { count, everySeconds }: { count: number; everySeconds: number },
): Promise<RoundTrips> {
  const output = await from.succeed(`round-trips ${count} ${everySeconds} ${link} ${control}`)
  const lines = output.split('\n').map((line) => line.split(' '))
  const timesOf = (address: string) => lines.filter(([to]) => to === address).map(([, time]) => Number(time))
  return { link: timesOf(link), control: timesOf(control) }
}

/**
 * The delay of the link in milliseconds: by how much its round trips take longer than those of the other link. Where
 * all are delayed alike, the fastest of both are compared: no packet is sent too early, and a busy host only delays.
 * Where they vary, the medians, to which the guest's late timers add about the noise.
 */
export function delayOf({ link, control }: RoundTrips, varies: boolean): number {
  return varies ? median(link) - median(control) : fastest(link) - fastest(control)
}

/** @returns NaN of nothing */
export function fastest(times: number[]): number {
  return quantile(times, 0)
}

/** The jitter of the link in milliseconds, as a standard deviation, without the noise: variances add up. */
export function jitterOf({ link, control }: RoundTrips): number {
  return Math.sqrt(Math.max(0, spread(link) ** 2 - spread(control) ** 2))
}

/** How much the machines themselves vary just now, in milliseconds, as a standard deviation. */
export function noiseOf({ control }: RoundTrips): number {
  return spread(control)
}
