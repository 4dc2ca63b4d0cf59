import type { VmNode } from '../../../harness/vm/script/node.ts'

/** Between two packets, and between two lines, in milliseconds. */
const interval = 50
/** How many of each. */
const count = 100

const sendLines = `for n in $(seq ${count}); do echo $n; usleep ${interval * 1000}; done`

/** Lets a node take the lines of connections that come in one after the other. */
export async function receiveLines(node: VmNode): Promise<void> {
  await node.succeed(`nc -ll -p 9000 -e sh -c 'cat > /tmp/lines' > /dev/null 2>&1 &`)
  await node.waitForOpenPort(9000, { timeout: '10s' })
}

/** Sends, for 5 s, packets that want an answer and lines over one TCP connection; returns when some have passed. */
export async function startTraffic(from: VmNode, address: string): Promise<void> {
  await from.succeed(
    `ping -i ${interval / 1000} -c ${count} ${address} > /tmp/pings &`,
    `{ ${sendLines}; } | nc ${address} 9000 > /dev/null 2>&1 &`,
  )
  await from.waitUntilSucceeds('[ "$(wc -l < /tmp/pings)" -gt 10 ]', { timeout: '10s' })
}

/**
 * Waits for the end of the traffic, and demands that no line was lost.
 *
 * @returns for how many milliseconds packets were lost: unlike the time between two answers, it does not count how
 * long a busy host let the nodes sleep
 */
export async function endTraffic(from: VmNode, to: VmNode): Promise<number> {
  const summary = await from.waitUntilSucceeds("grep 'packets transmitted' /tmp/pings", { timeout: '30s' })
  await to.waitUntilSucceeds(`[ "$(cat /tmp/lines)" = "$(seq ${count})" ]`, { timeout: '30s' })
  // 100 packets transmitted, 97 received, 3% packet loss, time 5012ms
  const [sent, received] = (summary.match(/\d+/g) ?? []).map(Number)
  return ((sent ?? count) - (received ?? 0)) * interval
}
