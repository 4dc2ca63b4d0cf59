import type { VmNode } from 'vmproof'

/** What stands here says that the other side is dead; without it, nobody knows. */
const peerIsDead = '/run/peer-is-dead'

/** DRBD asks whether the other side is dead when it has lost it: 7 is yes, 5 that nobody could reach it. */
const fencePeer = `#!/bin/sh
[ -e ${peerIsDead} ] && exit 7
exit 5
`

/** Guest whose disk /dev/vda has a twin on another node: what is written to /dev/drbd0 goes to both. */
export const drbdGuest = {
  packages: ['drbd-utils', 'e2fsprogs'],
  modules: ['drbd'],
  files: { '/usr/bin/fence-peer': fencePeer },
}

/**
 * A command that tells a node whose disks are the two sides of the resource r0; it forgets when its power fails.
 *
 * Protocol C: a write is acknowledged when both disks have it. Fencing: whoever writes and has lost the other side
 * waits, unless the other is dead. Resynchronisation goes as fast as it can: the controller that would save bandwidth
 * takes longer to find its rate than these disks are large.
 */
export function describeMirror(sides: VmNode[]): string {
  return `cat > /etc/drbd.conf <<'END'
global { usage-count no; }
resource r0 {
  device /dev/drbd0;
  disk /dev/vda;
  meta-disk internal;
  net { protocol C; verify-alg crc32c; connect-int 3; }
  disk { fencing resource-and-stonith; c-plan-ahead 0; resync-rate 100M; }
  handlers { fence-peer /usr/bin/fence-peer; }
${sides.map((node) => `  on ${node.name} { address ${node.address()}:7788; }`).join('\n')}
}
END`
}

/** Makes the disks ready, once, and connects the sides. */
export async function makeMirror(sides: VmNode[]): Promise<void> {
  await Promise.all(
    sides.map(async (side) => {
      await side.succeed(describeMirror(sides), 'drbdadm create-md --force r0', 'drbdadm up r0')
      await side.waitUntilSucceeds('[ "$(drbdadm cstate r0)" = Connected ]', { timeout: '30s' })
    }),
  )
}

/** What a cluster's manager says after it has cut the power of the other side. */
export async function declarePeerDead(node: VmNode): Promise<void> {
  await node.succeed(`touch ${peerIsDead}`)
}

/** Waits until both sides hold the same. */
export async function waitForMirror(node: VmNode): Promise<void> {
  await node.waitUntilSucceeds('[ "$(drbdadm dstate r0)" = UpToDate/UpToDate ]', { timeout: '60s' })
}

/** Makes a node the one that writes, and mounts the file system. */
export async function takeOver(node: VmNode): Promise<void> {
  // While it still believes in the old primary, it refuses.
  await node.waitUntilSucceeds('drbdadm primary r0', { timeout: '30s' })
  await node.succeed('mkdir -p /volume', 'mount /dev/drbd0 /volume')
}

/** The orderly way of giving the volume to the other side. */
export async function letGo(node: VmNode): Promise<void> {
  await node.succeed('umount /volume', 'drbdadm secondary r0')
}

/** Compares all blocks of both disks. @returns how many KiB differ */
export async function outOfSync(node: VmNode): Promise<number> {
  await node.succeed('drbdadm verify r0')
  await node.waitUntilSucceeds('[ "$(drbdadm cstate r0)" = Connected ]', { timeout: '60s' })
  //     ns:0 nr:15722 dw:89508 dr:8200 al:10 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0
  return Number(/oos:(\d+)/.exec(await node.succeed('cat /proc/drbd'))?.[1])
}

/** Ends the mirror, and reads both disks past DRBD. @returns a checksum of what each holds */
export async function sumsOfDisks(sides: VmNode[]): Promise<string[]> {
  return Promise.all(
    sides.map(async (side) => {
      // Behind the data lies what DRBD notes for itself, on each side something else.
      const sectors = Number(await side.succeed('cat /sys/block/drbd0/size'))
      await side.succeed('drbdadm down r0')
      return side.succeed(`head -c ${sectors * 512} /dev/vda | sha256sum`)
    }),
  )
}
