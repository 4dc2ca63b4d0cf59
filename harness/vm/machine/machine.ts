import { BrokenPipeError, MachineError } from '../errors.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import { addressesOf, type NodeConfig, type TestConfig } from '../test-config.ts'
import type { Backdoor } from './backdoor.ts'
import { Conditions } from './conditions.ts'
import { ConsoleHistory } from './console-history.ts'
import { describeEnd } from './death.ts'
import { Disks } from './disks.ts'
import { firstContact } from './first-contact.ts'
import type { Network } from './network.ts'
import { NodeSnapshots } from './node-snapshots.ts'
import { powerOn } from './power-on.ts'
import type { Qemu } from './qemu.ts'
import { QmpClosedError } from './qmp.ts'
import type { CommandResult } from './shell.ts'

/** Console lines that a snapshot repeats; a boot of Linux says some 400. */
const keptBootLines = 5000

/** What a node's machine needs to know. */
export interface MachineSetup {
  test: TestConfig
  node: NodeConfig
  /** For its sockets; exists and has a short path. */
  stateFolder: string
  network: Network
  log: Pick<
    TestRecorder,
    'step' | 'remark' | 'console' | 'qemuStarting' | 'qemuStarted' | 'guestBooted' | 'linkConstrained'
  >
  /** Told when what must hold for its links cannot be made to hold: whatever the script does then proves nothing. */
  broken?(error: MachineError): void
}

/** One QEMU and the guest in it, from power-on to the end. */
interface Life {
  qemu: Qemu
  isRestored: boolean
  /** What its console says before its shell greets; null when that is over. */
  bootLines: string[] | null
  /** Settles at the first contact with its shell; null before anybody wanted one. */
  booted: Promise<void> | null
}

/** A node's machine: off, or one QEMU at a time. What tests may ask of it is in script/node.ts. */
export class Machine {
  readonly #setup: MachineSetup
  readonly #console = new ConsoleHistory()
  readonly #disks: Disks
  readonly #snapshots: NodeSnapshots
  readonly #conditions: Conditions
  #life: Life | null = null
  #starting: Promise<void> | null = null
  #whyDead: string | null = 'it was never started'

  constructor(setup: MachineSetup) {
    this.#setup = setup
    this.#disks = new Disks(setup.node, setup.stateFolder)
    this.#conditions = new Conditions(setup)
    this.#snapshots = new NodeSnapshots(setup.test, setup.node)
  }

  /** Whether there is a QEMU, be its guest well or not. */
  get running(): boolean {
    return this.#life !== null
  }

  /** Process id of QEMU, while it runs. */
  get pid(): number | undefined {
    return this.#life?.qemu.pid
  }

  /** Why it does not run, as the end of a sentence that begins with its name; null while it runs. */
  get whyDead(): string | null {
    return this.#whyDead
  }

  /** Starts QEMU; does nothing when it runs. @throws MachineError when QEMU ends before it opened its devices */
  async start(): Promise<void> {
    if (!this.#life && !this.#starting) {
      this.#starting = this.#powerOn().finally(() => {
        this.#starting = null
      })
    }
    await this.#starting
  }

  /**
   * Runs a command in the guest, after booting it where that has not been done.
   *
   * @param timeoutSeconds null: no limit; after it the command gets SIGTERM, then SIGKILL
   * @param input its standard input; null: empty
   * @throws BrokenPipeError when the node dies before the answer
   */
  execute(
    command: string,
    timeoutSeconds: number | null,
    input: Uint8Array | null = null,
  ): Promise<CommandResult> {
    return this.#inGuest((backdoor) => backdoor.execute({ command, timeoutSeconds, input }))
  }

  /** Asks the guest to switch itself off and waits until QEMU has ended. */
  async powerOff(): Promise<void> {
    if (!this.#life) return
    await this.#inGuest(async (backdoor) => leave(backdoor, 'poweroff'))
    await this.waitForShutdown()
  }

  /** Waits until QEMU has ended, whatever ends it. */
  async waitForShutdown(): Promise<void> {
    await this.#life?.qemu.ended
  }

  /** Asks the guest to reboot, and waits for the shell of its next life. Only here a reboot does not end QEMU. */
  async reboot(): Promise<void> {
    await this.#inGuest(async (backdoor, life) => {
      const { qmp } = life.qemu
      await qmp.execute('set-action', { reboot: 'reset' })
      const reset = new Promise<void>((resolve) => {
        const end = qmp.listen(({ event }) => {
          if (event !== 'RESET') return
          end()
          this.#conditions.hold()
          resolve()
        })
      })
      leave(backdoor, 'reboot')
      await Promise.race([reset, this.waitForShutdown()])
      backdoor.forget()
      life.booted = null
      life.isRestored = false
    })
    // From here on a reboot means a panic again; before, SeaBIOS makes another one of its own.
    await this.#inGuest(async (_, { qemu }) => qemu.qmp.execute('set-action', { reboot: 'shutdown' }))
  }

  /** Ends QEMU as a power cut would. */
  async crash(): Promise<void> {
    await this.#life?.qemu.kill()
  }

  /** The end of the node: ends QEMU, with SIGTERM first, waits until it is gone, and lets go of its disks. */
  async stop(): Promise<void> {
    await this.#life?.qemu.stop()
    this.#disks.close()
  }

  /** Pulls or plugs network cables. @param interfaceName such as `eth1`; null: all */
  async setLink(interfaceName: string | null, isUp: boolean): Promise<void> {
    await this.start()
    const { network, node, test } = this.#setup
    const cards = addressesOf(test.nodes).filter((card) => card.node === node.name)
    const wanted = cards.filter((card) => interfaceName === null || card.interface === interfaceName)
    if (wanted.length === 0) throw new Error(`${node.name} has no network card ${interfaceName ?? 'at all'}`)
    for (const card of wanted) {
      await this.qmp('set_link', { name: card.interface, up: isUp })
      network.setLink(card, isUp)
    }
  }

  /** Writes what a screen would show into a PNG file. @throws QmpError when the node has no display */
  async screenshot(path: string): Promise<void> {
    await this.start()
    await this.qmp('screendump', { filename: path, format: 'png' })
  }

  /**
   * A command of QEMU's monitor, such as `query-block`. @returns its answer
   * @throws QmpError when QEMU refuses, BrokenPipeError when it does not run
   */
  async qmp(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#whileAlive(({ qemu }) => qemu.qmp.execute(command, args))
  }

  /**
   * Waits for a console line that no such call has looked at.
   *
   * @returns false when the signal came first. @throws BrokenPipeError when QEMU ended first
   */
  async consoleText(pattern: RegExp, signal?: AbortSignal): Promise<boolean> {
    const wake = () => this.#console.wake()
    signal?.addEventListener('abort', wake, { once: true })
    try {
      while (!this.#console.find(pattern)) {
        if (signal?.aborted) return false
        if (!this.#life) throw new BrokenPipeError(this.#whyDead)
        await this.#console.changed()
      }
      return true
    } finally {
      signal?.removeEventListener('abort', wake)
    }
  }

  /** The last lines of its console, at most 100. */
  lastConsoleLines(count: number): string[] {
    return this.#console.tail(count)
  }

  async #powerOn(): Promise<void> {
    const { log, node } = this.#setup
    log.qemuStarting(node.name)
    const isRestored = await powerOn({
      setup: this.#setup,
      disks: this.#disks,
      snapshots: this.#snapshots,
      consoleLine: (line) => this.#consoleLine(line),
      lastConsoleLines: (count) => this.#console.tail(count),
      began: (qemu) => this.#began(qemu),
    })
    if (this.#life) this.#life.isRestored = isRestored
    log.qemuStarted(node.name, this.pid)
    // Other nodes may talk to it before its own first command. What comes of it, that command is told, too.
    if (this.#conditions.any && this.#life) this.#bootOnce(this.#life).catch(() => undefined)
  }

  #began(qemu: Qemu): void {
    const life: Life = { qemu, isRestored: false, bootLines: [], booted: null }
    this.#life = life
    this.#whyDead = null
    this.#conditions.hold()
    void qemu.ended.then((end) => {
      if (this.#life === life) this.#life = null
      this.#whyDead = describeEnd(end, this.#console.tail(100))
      this.#console.wake()
    })
  }

  /** Boots where needed. */
  async #inGuest<T>(body: (backdoor: Backdoor, life: Life) => Promise<T>): Promise<T> {
    await this.start()
    return this.#whileAlive(async (life) => {
      await this.#bootOnce(life)
      return body(life.qemu.backdoor, life)
    })
  }

  #bootOnce(life: Life): Promise<void> {
    life.booted ??= this.#boot(life)
    return life.booted
  }

  async #boot(life: Life): Promise<void> {
    const { qemu, isRestored, bootLines } = life
    await firstContact({ setup: this.#setup, qemu, isRestored, snapshots: this.#snapshots, bootLines })
    life.bootLines = null
    await this.#conditions.apply(qemu.backdoor).catch((error) => {
      if (error instanceof MachineError) this.#setup.broken?.(error)
      throw error
    })
  }

  /** A node that dies says why on its console: the error waits until that has been read. */
  async #whileAlive<T>(body: (life: Life) => Promise<T>): Promise<T> {
    const life = this.#life
    if (!life) throw new BrokenPipeError(this.#whyDead)
    try {
      return await body(life)
    } catch (error) {
      if (!(error instanceof BrokenPipeError || error instanceof QmpClosedError)) throw error
      const { exit } = await life.qemu.lastWords()
      const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
      this.#setup.log.remark(this.#setup.node.name, `QEMU ${how}`)
      // A new one, because the first came from a socket and knows nothing of the script that is waiting here.
      throw new BrokenPipeError(this.#whyDead)
    }
  }

  #consoleLine(line: string): void {
    this.#setup.log.console(this.#setup.node.name, line)
    this.#console.push(line)
    const lines = this.#life?.bootLines
    if (lines && lines.length < keptBootLines) lines.push(line)
  }
}

/** Whether the shell still answers to a command that ends it is anybody's guess. */
function leave(backdoor: Backdoor, command: string): void {
  backdoor.execute({ command, timeoutSeconds: null, input: null }).catch(() => undefined)
}
