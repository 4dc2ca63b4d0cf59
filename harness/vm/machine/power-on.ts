import { join } from 'node:path'
import { findOnPath } from '../../process/find-program.ts'
import { MachineError } from '../errors.ts'
import type { Architecture } from '../suite.ts'
import type { NodeConfig } from '../test-config.ts'
import type { Disks } from './disks.ts'
import type { MachineSetup } from './machine.ts'
import type { NodeSnapshots } from './node-snapshots.ts'
import { Qemu, type QemuEnd } from './qemu.ts'
import { qemuCommand, qemuProgram } from './qemu-command.ts'
import { incomingOptions, loadSnapshot } from './snapshot.ts'

/** Lines of the console quoted where QEMU did not start. */
const quotedLines = 20

/** What a machine has besides its setup, and how it hears of what happens. */
export interface PowerOn {
  setup: MachineSetup
  disks: Disks
  snapshots: NodeSnapshots
  consoleLine(line: string): void
  lastConsoleLines(count: number): string[]
  /** There is a QEMU now; what becomes of it is not known yet. */
  began(qemu: Qemu): void
}

/**
 * Starts QEMU, with a guest that goes on from a snapshot where there is one that QEMU takes.
 *
 * @returns whether the guest goes on, and its shell greeted in another life
 * @throws MachineError when QEMU ends before it opened its devices
 */
export async function powerOn(power: PowerOn): Promise<boolean> {
  const snapshot = await power.snapshots.find()
  if (snapshot !== null && (await restore(power, snapshot))) return true
  await startQemu(power, [])
  return false
}

/** @returns false, and forgets the snapshot, when QEMU does not take it */
async function restore(power: PowerOn, snapshot: string): Promise<boolean> {
  const { node, log } = power.setup
  const qemu = await startQemu(power, incomingOptions)
  try {
    const console = await loadSnapshot(qemu.qmp, snapshot)
    log.remark(node.name, 'going on from a snapshot of its boot')
    for (const line of console) power.consoleLine(line)
    return true
  } catch (error) {
    log.remark(node.name, `its snapshot cannot be used: ${(error as Error).message}`)
    power.snapshots.discard(snapshot)
    await qemu.kill()
    return false
  }
}

async function startQemu(power: PowerOn, moreOptions: string[]): Promise<Qemu> {
  const { node, stateFolder, test, network } = power.setup
  demandQemu(node)
  const sockets = {
    shell: join(stateFolder, `${node.name}.shell`),
    worker: join(stateFolder, `${node.name}.worker`),
    monitor: join(stateFolder, `${node.name}.qmp`),
  }
  const disks = power.disks.files()
  const options = qemuCommand({ test, node, sockets, disks, cardSocket: (card) => network.socketOf(card) })
  const command = [...options, ...moreOptions]
  const qemu = await Qemu.start({ command, sockets, consoleLine: power.consoleLine })
  power.began(qemu)
  const end = await qemu.connected()
  if (end) throw new MachineError(refusal(node.name, end, power.lastConsoleLines(quotedLines)))
  return qemu
}

/** Debian's and Ubuntu's packages of QEMU. */
const qemuPackages: Record<Architecture, string> = { x86_64: 'qemu-system-x86', aarch64: 'qemu-system-arm' }

function demandQemu({ name, architecture }: NodeConfig): void {
  const program = qemuProgram(architecture)
  if (findOnPath(program) !== null) return
  const advice = `install it: apt-get install ${qemuPackages[architecture]}`
  throw new MachineError(
    `Failed to start the following machines:\n${name}: ${program} is not installed; ${advice}`,
  )
}

/** The NixOS driver's words. */
function refusal(name: string, { exit }: QemuEnd, said: string[]): string {
  const how = exit.startError ?? `QEMU process exited with code ${exit.code ?? exit.signal}`
  const quote = said.map((line) => `\n${line}`).join('')
  return `Failed to start the following machines:\n${name}: ${how} before connecting to shell socket.${quote}`
}
