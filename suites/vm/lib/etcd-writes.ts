import type { EtcdMember } from './etcd.ts'

/**
 * `etcd-writes COUNT VALUE` writes a value as often, one write after the other, through the JSON gateway of the member
 * beside it: starting etcdctl takes longer than a write. Says how many milliseconds a write took on average.
 */
const etcdWritesProgram = `#!/bin/sh -e
value=$(echo -n "$2" | base64 -w 0)
read -r start _ < /proc/uptime
for n in $(seq "$1"); do
  wget -q -O /dev/null --post-data "{\\"key\\":\\"d3JpdHRlbg==\\",\\"value\\":\\"$value\\"}" http://127.0.0.1:2379/v3/kv/put
done
read -r end _ < /proc/uptime
echo "$start $end $1" | awk '{ print ($2 - $1) * 1000 / $3 }'
`

/** For the `files` of members. */
export const etcdWritePrograms = { '/usr/bin/etcd-writes': etcdWritesProgram }

/** @returns how many milliseconds a write takes, on average */
export async function writeTime({ node }: EtcdMember, count: number, value: string): Promise<number> {
  return Number(await node.succeed(`etcd-writes ${count} '${value}'`))
}

/** Demands that a member answers with this value, after it has made sure that it knows the latest. */
export async function demandValue({ node }: EtcdMember, value: string): Promise<void> {
  await node.succeed(`etcdctl get written | grep -qx '${value}'`)
}
