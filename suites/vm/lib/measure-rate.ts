import type { VmNode } from 'vmproof'
import type { Link } from './measure-packets.ts'

/** `received-bytes CARD TIMES` says each second the time and how many bytes the card has received, headers included. */
const receivedBytesProgram = `#!/bin/sh -e
for n in $(seq "$2"); do
  read -r now _ < /proc/uptime
  read -r bytes < "/sys/class/net/$1/statistics/rx_bytes"
  echo "$now $bytes"
  sleep 1
done
`

/** For the `files` of guests that receive. */
export const ratePrograms = { '/usr/bin/received-bytes': receivedBytesProgram }

/** @returns for each of so many seconds what a card receives in bits per second, Ethernet headers included */
export async function receivedRates(node: VmNode, card: string, seconds: number): Promise<number[]> {
  const output = await node.succeed(`received-bytes ${card} ${seconds + 1}`)
  // 17.83 125000
  const samples = output
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  return samples.slice(1).map(([now = 0, bytes = 0], index) => {
    const [then = 0, before = 0] = samples[index] ?? []
    return ((bytes - before) * 8) / (now - then)
  })
}

const port = 5001

/** Sends by TCP as much as the link takes. @returns a function that ends it */
export async function transfer({ from, to, address }: Link): Promise<() => Promise<void>> {
  // Between the network and a closed standard input, nc itself would end the connection.
  const receiver = `nc -l -p ${port} -e sh -c 'cat > /dev/null'`
  await to.succeed(`${receiver} > /dev/null 2> /dev/console & echo $! > /run/receiver`)
  // To ask the port itself would be the one connection that nc takes.
  await to.waitUntilSucceeds(`netstat -ltn | grep -q ':${port} '`, { timeout: '10s' })
  await from.succeed(`nc ${address} ${port} < /dev/zero > /dev/null 2> /dev/console & echo $! > /run/sender`)
  return async () => {
    await from.succeed('kill "$(cat /run/sender)"')
    await to.succeed('kill "$(cat /run/receiver)" 2> /dev/null || true')
  }
}
