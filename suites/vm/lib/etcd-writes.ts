import type { EtcdMember } from './etcd.ts'

/** The key `written`; etcd's JSON gateway takes and gives keys and values in base64. */
const key = Buffer.from('written').toString('base64')
const gateway = 'http://127.0.0.1:2379/v3/kv'

/**
 * `etcd-writes COUNT VALUE` writes a value as often, one write after the other, to the member beside it, and says how
 * many milliseconds a write took on average. What is refused is tried again, as clients do: members that lose sight of
 * each other refuse writes until they have agreed on a leader. It uses the gateway: to start etcdctl takes longer than
 * a write.
 */
const etcdWritesProgram = `#!/bin/sh -e
value=$(echo -n "$2" | base64 -w 0) refused=0
read -r start _ < /proc/uptime
for n in $(seq "$1"); do
  until timeout 10 wget -q -O /dev/null --post-data "{\\"key\\":\\"${key}\\",\\"value\\":\\"$value\\"}" ${gateway}/put; do
    refused=$((refused + 1))
    [ "$refused" -lt 20 ]
    usleep 200000
  done
done
read -r end _ < /proc/uptime
echo "$start $end $1" | awk '{ print ($2 - $1) * 1000 / $3 }'
`

/** `etcd-value` says what was written last: the member answers when it has made sure that it knows the latest. */
const etcdValueProgram = `#!/bin/sh -e
set -o pipefail
# {"header":{…},"kvs":[{"key":"d3JpdHRlbg==","create_revision":"8",…,"value":"YmFzZWxpbmU="}],"count":"1"}
timeout 10 wget -q -O - --post-data '{"key":"${key}"}' ${gateway}/range | sed 's/.*"value":"\\([^"]*\\)".*/\\1/' | base64 -d
`

/** For the `files` of members. */
export const etcdWritePrograms = {
  '/usr/bin/etcd-writes': etcdWritesProgram,
  '/usr/bin/etcd-value': etcdValueProgram,
}

/** @returns how many milliseconds a write takes, on average */
export async function writeTime({ node }: EtcdMember, count: number, value: string): Promise<number> {
  return Number(await node.succeed(`etcd-writes ${count} '${value}'`))
}

/** Demands that a member holds this value. */
export async function demandValue({ node }: EtcdMember, value: string): Promise<void> {
  await node.succeed(`[ "$(etcd-value)" = '${value}' ]`)
}
