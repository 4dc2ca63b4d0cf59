import type { VmNode } from 'vmproof'

/**
 * `write-blocks FILE COUNT` writes blocks of 4 KiB, each fsynced before the next, and then says its number and the
 * time: from here on the storage has promised to keep it. A block is its own number over and over, so that one that
 * is missing, torn or in the wrong place differs from a right one.
 */
const writeBlocks = `#!/bin/sh
n=0
while [ "$n" -lt "$2" ]; do
  yes "block $n" | head -c 4096 | dd of="$1" bs=4096 seek="$n" iflag=fullblock conv=notrunc,fsync 2> /dev/null || exit 1
  read -r now _ < /proc/uptime
  echo "$n $now"
  n=$((n + 1))
done
`

/** `lost-blocks FILE LEDGER` says the number of each block of a ledger that the file does not hold as written. */
const lostBlocks = `#!/bin/sh
while read -r n _; do
  yes "block $n" | head -c 4096 > /run/expected-block
  dd if="$1" bs=4096 skip="$n" count=1 2> /dev/null | cmp -s - /run/expected-block || echo "$n"
done < "$2"
`

/** For guests that write blocks or look for them. */
export const blockGuest = {
  files: { '/usr/bin/write-blocks': writeBlocks, '/usr/bin/lost-blocks': lostBlocks },
}

/** Where the node that hears the writer keeps what it said. */
export const ledger = '/run/ledger'

/** Waits until the writer has been promised this many blocks. */
export async function waitForBlocks(node: VmNode, count: number): Promise<void> {
  await node.waitUntilSucceeds(`[ "$(wc -l < ${ledger})" -ge ${count} ]`, { timeout: '60s' })
}

/** @returns numbers of the promised blocks that a file on this node does not hold */
export async function lostBlocksOf(node: VmNode, file: string): Promise<number[]> {
  const lines = await node.succeed(`lost-blocks ${file} ${ledger}`)
  return lines.split('\n').filter(Boolean).map(Number)
}

/** @returns the longest time in seconds between two promises: how long the storage kept the writer waiting */
export async function longestPause(node: VmNode): Promise<number> {
  // 41 17.83
  const times = (await node.succeed(`cat ${ledger}`))
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]))
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)))
}
