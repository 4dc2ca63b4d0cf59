import { type EtcdMember, etcdFolder } from './etcd.ts'

/** On the member's disk, so that it survives what the member survives. */
const ledger = `${etcdFolder}/ledger`

/**
 * `write-sequence NODE` writes 1, 2, 3 … to the member beside it, at most two a second, each under a key of its own,
 * over etcd's JSON gateway. What was acknowledged it notes in its ledger; after a crash it goes on behind the last
 * note.
 */
const writeSequence = `#!/bin/sh
n=$(tail -n 1 ${ledger})
while sleep 0.5; do
  n=$((n + 1))
  key=$(echo -n "sequence/$1/$n" | base64)
  value=$(echo -n "value $n" | base64)
  timeout 5 wget -q -O /dev/null --post-data "{\\"key\\":\\"$key\\",\\"value\\":\\"$value\\"}" \\
    http://127.0.0.1:2379/v3/kv/put || continue
  echo "$n" >> ${ledger}
  sync ${ledger}
done
`

/** For guests of members that write. */
export const sequenceGuest = { files: { '/usr/bin/write-sequence': writeSequence } }

/** Starts to write, in the background. */
export async function startWriting({ node }: EtcdMember): Promise<void> {
  await node.succeed(`touch ${ledger}`, `write-sequence ${node.name} > /dev/console 2>&1 &`)
}

/** A write that is under way is not noted any more. */
export async function stopWriting({ node }: EtcdMember): Promise<void> {
  await node.succeed('killall write-sequence')
}

/** @returns the keys whose writes this member has acknowledged */
export async function acknowledged({ node }: EtcdMember): Promise<string[]> {
  const numbers = (await node.succeed(`cat ${ledger}`)).split('\n').filter(Boolean)
  return numbers.map((n) => `sequence/${node.name}/${n}`)
}

/** Waits until each of these members has acknowledged one more write. */
export async function waitForWrites(members: EtcdMember[]): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      const { length } = await acknowledged(member)
      const oneMore = `[ "$(wc -l < ${ledger})" -gt ${length} ]`
      await member.node.waitUntilSucceeds(oneMore, { timeout: '15s', process: 'write-sequence' })
    }),
  )
}

/** @returns those of the keys that this member does not hold as they were written */
export async function lostWrites({ node }: EtcdMember, keys: string[]): Promise<string[]> {
  const output = await node.succeed('etcdctl get --prefix sequence/')
  // sequence/server1/7
  // value 7
  const held = new Set(output.match(/^sequence\/.*\nvalue .*$/gm))
  return keys.filter((key) => !held.has(`${key}\nvalue ${key.split('/').at(-1)}`))
}
