import { type EtcdMember, etcdFolder } from './etcd.ts'

/** On the member's disk, so that it survives what the member survives. */
const ledger = `${etcdFolder}/ledger`

/**
 * `write-sequence NODE` writes 1, 2, 3 … to the member beside it, two a second at most, each under a key of its own.
 * What was acknowledged it notes in its ledger; after a crash it goes on behind the last note.
 */
const writeSequence = `#!/bin/sh
touch ${ledger}
n=$(tail -n 1 ${ledger})
while sleep 0.5; do
  n=$((n + 1))
  etcdctl put "sequence/$1/$n" "value $n" || continue
  echo "$n" >> ${ledger}
  sync ${ledger}
done
`

/** For the `files` of members that write. */
export const sequencePrograms = { '/usr/bin/write-sequence': writeSequence }

/** Starts to write, in the background. */
export async function startWriting({ node }: EtcdMember): Promise<void> {
  await node.succeed(`write-sequence ${node.name} > /dev/console 2>&1 &`)
}

export async function stopWriting({ node }: EtcdMember): Promise<void> {
  await node.succeed('killall write-sequence')
}

/** @returns numbers that this member's client was promised to be kept */
export async function acknowledged({ node }: EtcdMember): Promise<number[]> {
  return (await node.succeed(`cat ${ledger}`)).split('\n').filter(Boolean).map(Number)
}

/** Waits until each of these members has acknowledged one more write. */
export async function waitForWrites(members: EtcdMember[]): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      const { length } = await acknowledged(member)
      await member.node.waitUntilSucceeds(`[ "$(wc -l < ${ledger})" -gt ${length} ]`, { timeout: '15s' })
    }),
  )
}

/** @returns keys that were acknowledged to any of the writers and that this member does not hold as written */
export async function lostWrites(member: EtcdMember, promised: Map<EtcdMember, number[]>): Promise<string[]> {
  const output = await member.node.succeed('etcdctl get --prefix sequence/')
  const held = new Set(output.match(/^sequence\/.*\nvalue .*$/gm))
  return [...promised].flatMap(([{ node }, numbers]) =>
    numbers
      .map((n) => `sequence/${node.name}/${n}`)
      .filter((key) => !held.has(`${key}\nvalue ${key.split('/').at(-1)}`)),
  )
}
