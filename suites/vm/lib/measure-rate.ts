import type { VmNode } from 'vmproof'
import type { Link } from './measure-packets.ts'

/** `received-rate CARD SECONDS` says bits per second, headers included, by this node's own clock. */
const receivedRateProgram = `#!/bin/sh -e
sample() {
  read -r now _ < /proc/uptime
  read -r bytes < "/sys/class/net/$1/statistics/rx_bytes"
  echo "$now $bytes"
}
before=$(sample "$1")
sleep "$2"
echo "$before $(sample "$1")" | awk '{ printf "%.0f\\n", ($4 - $2) * 8 / ($3 - $1) }'
`

/** For the `files` of guests that receive. */
export const ratePrograms = { '/usr/bin/received-rate': receivedRateProgram }

/** @returns what a card receives in bits per second on average, Ethernet headers included */
export async function receivedRate(node: VmNode, card: string, seconds: number): Promise<number> {
  return Number(await node.succeed(`received-rate ${card} ${seconds}`))
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
