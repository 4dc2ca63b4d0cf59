import type { QemuEnd } from './qemu.ts'

//   [    1.234567] Kernel panic - not syncing: sysrq triggered crash
const panic = /Kernel panic - not syncing: (.*)/

/** Words for QEMU's reasons, see ShutdownCause in its qapi/run-state.json. */
const reasons: Record<string, string> = {
  'guest-shutdown': 'the guest switched itself off',
  'guest-reset': 'the guest rebooted, which ends a node',
  'guest-panic': 'the guest told QEMU of a panic',
  'host-qmp-quit': 'QEMU was told to quit',
  'host-signal': 'QEMU was ended by a signal',
}

/** Why a machine no longer runs, as the end of a sentence. @param console its last lines */
export function describeEnd({ exit, shutdownReason }: QemuEnd, console: string[]): string {
  if (exit.startError !== null) return exit.startError
  const panicLine = console.map((line) => panic.exec(line)?.[1]).findLast((found) => found !== undefined)
  if (panicLine !== undefined && shutdownReason?.startsWith('guest'))
    return `its kernel panicked: ${panicLine}`
  if (shutdownReason !== null) return reasons[shutdownReason] ?? `QEMU ended: ${shutdownReason}`
  return exit.signal === null ? `QEMU exited with code ${exit.code}` : `QEMU was killed by ${exit.signal}`
}
