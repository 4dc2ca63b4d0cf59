import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import { BrokenPipeError, MachineError } from '../errors.ts'
import type { Backdoor } from './backdoor.ts'
import type { MachineSetup } from './machine.ts'
import { type NodeSnapshots, renew } from './node-snapshots.ts'
import type { Qemu } from './qemu.ts'
import { QmpClosedError } from './qmp.ts'

/** How long a guest may take to greet, on the scale of KVM; the NixOS driver gives up after the same time. */
const bootLimitSeconds = 300
/** How often those who wait are told that there is nothing yet. */
const silenceSeconds = 30
/** Lines of a greeting that are told. */
const toldLines = 20

/** A guest that nobody has spoken to yet. */
export interface Stranger {
  setup: MachineSetup
  qemu: Qemu
  /** It goes on from a snapshot: its shell has greeted in another life. */
  isRestored: boolean
  snapshots: NodeSnapshots
  /** What the console has said since power-on; null when that is not known. */
  bootLines: string[] | null
}

/**
 * Waits for the guest's shell and makes it take commands. A guest that may have a snapshot gets one here.
 *
 * @throws BrokenPipeError when the node dies first, MachineError when no shell comes
 */
export async function firstContact(stranger: Stranger): Promise<void> {
  const { setup, qemu, isRestored } = stranger
  const { log, node } = setup
  const step = { type: 'work', node: node.name, text: 'waiting for the VM to finish booting' } as const
  await log.step(step, async () => {
    const start = performance.now()
    if (!isRestored) {
      const said = await greetingInTime(qemu.backdoor, setup)
      for (const line of said.slice(-toldLines)) log.remark(node.name, `Guest shell says: b'${line}\\n'`)
      await remember(stranger)
    }
    await qemu.backdoor.launch()
    if (isRestored) await renew(qemu.backdoor)
    log.guestBooted(node.name, secondsSince(start))
  })
}

async function greetingInTime(backdoor: Backdoor, { log, node, test }: MachineSetup): Promise<string[]> {
  const limitSeconds = bootLimitSeconds * test.timeoutFactor
  const reminder = setInterval(() => {
    log.remark(node.name, 'Guest root shell did not produce any data yet...')
    log.remark(node.name, "  To debug, enter the VM and run 'systemctl status backdoor.service'.")
  }, silenceSeconds * 1000)
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    const words = `${node.name} has given no shell for ${limitSeconds} seconds: its backdoor service did not greet`
    timer = setTimeout(() => reject(new MachineError(words)), limitSeconds * 1000)
  })
  try {
    return await Promise.race([backdoor.greeted(), silence])
  } finally {
    clearInterval(reminder)
    clearTimeout(timer)
  }
}

/** A snapshot is a help for the next time: whatever hinders it, this guest goes on. */
async function remember({ setup, qemu, snapshots, bootLines }: Stranger): Promise<void> {
  if (bootLines === null || !snapshots.isPossible) return
  try {
    await snapshots.save(qemu.qmp, bootLines)
  } catch (error) {
    if (error instanceof QmpClosedError) throw new BrokenPipeError()
    setup.log.remark(setup.node.name, `its boot cannot be kept as a snapshot: ${(error as Error).message}`)
  }
}
