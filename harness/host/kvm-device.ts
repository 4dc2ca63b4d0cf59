import { closeSync, openSync, readFileSync, statSync } from 'node:fs'

/** Why KVM cannot even be tried, and what mends it; one line each. */
export interface Obstacle {
  reason: string
  mend: string
}

/** Opens the device: access(2) does not know what a container's rules forbid. @returns null when it opens */
export function obstacleAt(device: string): Obstacle | null {
  try {
    closeSync(openSync(device, 'r+'))
    return null
  } catch (error) {
    return obstacleOf(device, (error as NodeJS.ErrnoException).code ?? '')
  }
}

function obstacleOf(device: string, code: string): Obstacle {
  switch (code) {
    case 'ENOENT':
      return {
        reason: `there is no ${device}`,
        mend: `switch on virtualisation in the firmware or in the outer VM; give a container --device ${device}`,
      }
    case 'EACCES':
      return { reason: `this user may not open ${device}`, mend: permissionFor(device) }
    case 'EPERM':
      return { reason: `this container may not open ${device}`, mend: `start it with --device ${device}` }
    default:
      return {
        reason: `${device} cannot be opened (${code})`,
        mend: 'sudo modprobe kvm_intel or kvm_amd, and look at what dmesg says',
      }
  }
}

/** Distributions give the device to a group; root's own group is nobody's to join. */
function permissionFor(device: string): string {
  const { gid, mode } = statSync(device)
  const group = gid !== 0 && (mode & groupMayBoth) === groupMayBoth ? groupName(gid) : null
  return group === null
    ? `sudo chmod a+rw ${device} (until the next boot)`
    : `sudo usermod -aG ${group} "$USER", then log in again`
}

const groupMayBoth = 0o060

/** group(5): `kvm:x:104:user`. */
function groupName(gid: number): string | null {
  try {
    const lines = readFileSync('/etc/group', 'utf8').split('\n')
    return (
      lines
        .map((line) => line.split(':'))
        .find((fields) => fields[2] === String(gid))
        ?.at(0) ?? null
    )
  } catch {
    return null
  }
}
