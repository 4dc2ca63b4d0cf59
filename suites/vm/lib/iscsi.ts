import type { VmNode } from 'vmproof'

/** The volume's name in the network. */
const volume = 'iqn.2026-01.example:volume'

/** Guest that serves a volume with tgt, the target that Longhorn's volumes are made with. */
export const targetGuest = { packages: ['tgt', 'e2fsprogs'] }

/**
 * A target that says nothing for 4 s is looked for anew, every 3 s; whoever writes waits for 2 minutes and then sees an
 * error. iscsid's own times fit disks that are hardly ever away.
 */
const initiatorConfiguration = `
node.conn[0].timeo.noop_out_interval = 1
node.conn[0].timeo.noop_out_timeout = 3
node.conn[0].timeo.login_timeout = 3
node.session.timeo.replacement_timeout = 120
`

/** Guest that uses a volume. */
export const initiatorGuest = {
  packages: ['open-iscsi', 'e2fsprogs'],
  modules: ['iscsi_tcp', 'sd_mod'],
  files: {
    '/etc/iscsi/initiatorname.iscsi': 'InitiatorName=iqn.2026-01.example:initiator\n',
    '/etc/iscsi/iscsid.conf': initiatorConfiguration,
  },
}

/** Offers a disk of this node to all others. What tgt has been told is forgotten when its node's power fails. */
export async function serveVolume(target: VmNode, disk: string): Promise<void> {
  await target.succeed('mkdir -p /run/tgtd && tgtd')
  await target.waitUntilSucceeds('tgtadm --mode sys --op show', { timeout: '10s' })
  const tgtadm = 'tgtadm --lld iscsi --tid 1'
  await target.succeed(
    `${tgtadm} --mode target --op new --targetname ${volume}`,
    // sync: what the initiator hears of as written is on the disk, and not in this node's memory.
    `${tgtadm} --mode logicalunit --op new --lun 1 --backing-store ${disk} --bsoflags sync`,
    `${tgtadm} --mode target --op bind --initiator-address ALL`,
  )
  await target.waitForOpenPort(3260, { timeout: '10s' })
}

/** Finds the volume and logs in to it: it is /dev/sda then. */
export async function logIn(initiator: VmNode, address: string): Promise<void> {
  await initiator.succeed('pidof iscsid || { mkdir -p /run/lock/iscsi && iscsid; }')
  await initiator.succeed(`iscsiadm --mode discovery --type sendtargets --portal ${address} | grep ${volume}`)
  await initiator.succeed(`iscsiadm --mode node --targetname ${volume} --login`)
  await initiator.waitForFile('/dev/sda', { timeout: '10s' })
  // tgt carries out "write zeroes here" in steps of 512 bytes, each of them flushed: mkfs would take half a minute.
  await initiator.succeed('echo 0 | tee /sys/class/scsi_disk/*/max_write_same_blocks')
}

/** Gives the volume back. */
export async function logOut(initiator: VmNode): Promise<void> {
  await initiator.succeed(`iscsiadm --mode node --targetname ${volume} --logout`)
}
