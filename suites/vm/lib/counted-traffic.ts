import type { VmNode } from 'vmproof'

/** Between two packets, and between two lines, in milliseconds. */
const interval = 50

/** `send-lines ADDRESS` sends 1, 2, 3 … over one TCP connection. A file /run/stop ends it; /run/sent has the last. */
const sendLines = `#!/bin/sh
rm -f /run/stop /run/sent
{
  n=0
  until [ -e /run/stop ]; do
    n=$((n + 1))
    echo "$n"
    usleep ${interval * 1000}
  done
  echo "$n" > /run/sent
} | nc "$1" 9000
`

/** For the guest that sends. */
export const trafficGuest = { packages: ['iputils-ping'], files: { '/usr/bin/send-lines': sendLines } }

/** Lets a node take lines, over one connection after the other. */
export async function receiveLines(node: VmNode): Promise<void> {
  await node.succeed(`nc -ll -p 9000 -e sh -c 'cat > /run/received' > /dev/null 2>&1 &`)
  await node.waitForOpenPort(9000, { timeout: '10s' })
}

/** Starts to send packets that want an answer, and lines. */
export async function startTraffic(from: VmNode, address: string): Promise<void> {
  await from.succeed(
    `ping -i ${interval / 1000} ${address} > /run/pings & echo $! > /run/ping.pid`,
    `send-lines ${address} > /dev/null 2>&1 &`,
  )
  await waitForAnswers(from)
}

/** Waits for ten more answers. */
export async function waitForAnswers(from: VmNode): Promise<void> {
  const seen = Number(await from.succeed('wc -l < /run/pings'))
  await from.waitUntilSucceeds(`[ "$(wc -l < /run/pings)" -gt ${seen + 10} ]`, { timeout: '20s' })
}

/**
 * Ends the traffic, and demands that every line came through.
 *
 * @returns for how many milliseconds packets were lost: unlike the longest time between two answers, it does not count
 * how long a busy host let the nodes sleep
 */
export async function stopTraffic(from: VmNode, to: VmNode): Promise<number> {
  await from.succeed('touch /run/stop && kill -INT $(cat /run/ping.pid)')
  const summary = await from.waitUntilSucceeds("grep 'packets transmitted' /run/pings", { timeout: '10s' })
  const sent = await from.waitUntilSucceeds('cat /run/sent', { timeout: '10s' })
  await to.waitUntilSucceeds(`[ "$(cat /run/received)" = "$(seq ${sent.trim()})" ]`, { timeout: '20s' })
  // 63 packets transmitted, 61 received, 3.1746% packet loss, time 3182ms
  const [transmitted = 0, received = 0] = (summary.match(/\d+/g) ?? []).map(Number)
  return (transmitted - received) * interval
}
