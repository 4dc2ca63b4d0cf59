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
  const group = groupWithAccess(device)
  return group === null
    ? `sudo chmod a+rw ${device} (until the next boot)`
    : `sudo usermod -aG ${group} "$USER", then log in again`
}

const readAndWrite = 0o060

function groupWithAccess(device: string): string | null {
  try {
    const { gid, mode } = statSync(device)
    return gid !== 0 && (mode & readAndWrite) === readAndWrite ? groupName(gid) : null
  } catch {
    return null
  }
}

/** group(5): `kvm:x:104:user`. @throws where there is no such file */
function groupName(gid: number): string | null {
  const groups = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  return groups.find((fields) => fields[2] === String(gid))?.[0] ?? null
}
