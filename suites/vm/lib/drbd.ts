import type { VmNode } from '../../../harness/vm/script/node.ts'

/** Guest whose disk /dev/vda has a twin on another node: what is written to /dev/drbd0 goes to both. */
export const drbdGuest = { packages: ['drbd-utils', 'e2fsprogs'], modules: ['drbd'] }

/**
 * A command that tells a node whose disks are the two sides of the resource r0; it forgets when its power fails.
 *
 * Protocol C: a write is acknowledged when both disks have it. Resynchronisation goes as fast as it can: the controller
 * that would save bandwidth takes longer to find its rate than these disks are large.
 */
export function describeMirror(sides: VmNode[]): string {
  return `cat > /etc/drbd.conf <<'END'
global { usage-count no; }
resource r0 {
  device /dev/drbd0;
  disk /dev/vda;
  meta-disk internal;
  net { protocol C; verify-alg crc32c; connect-int 3; }
  disk { c-plan-ahead 0; resync-rate 100M; }
${sides.map((node) => `  on ${node.name} { address ${node.address()}:7788; }`).join('\n')}
}
END`
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
