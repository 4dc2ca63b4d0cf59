import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import { BrokenPipeError, MachineError } from '../errors.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import { addressesOf, type NodeConfig, type TestConfig } from '../test-config.ts'
import type { Backdoor } from './backdoor.ts'
import { Conditions } from './conditions.ts'
import { ConsoleHistory } from './console-history.ts'
import { describeEnd } from './death.ts'
import { Disks } from './disks.ts'
import type { Network } from './network.ts'
import { Qemu, type QemuEnd } from './qemu.ts'
import { qemuCommand } from './qemu-command.ts'
import type { CommandResult } from './shell.ts'

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

/** A node's machine: off, or one QEMU at a time. What tests may ask of it is in script/node.ts. */
export class Machine {
  readonly #setup: MachineSetup
  readonly #console = new ConsoleHistory()
  readonly #disks: Disks
  readonly #conditions: Conditions
  #qemu: Qemu | null = null
  #starting: Promise<void> | null = null
  /** Settles at the first contact with the shell of the running guest; null before anybody wanted one. */
  #booted: Promise<void> | null = null
  #whyDead: string | null = 'it was never started'

  constructor(setup: MachineSetup) {
    this.#setup = setup
    this.#disks = new Disks(setup.node, setup.stateFolder)
    this.#conditions = new Conditions(setup)
  }

  /** Whether there is a QEMU, be its guest well or not. */
  get running(): boolean {
    return this.#qemu !== null
  }

  /** Process id of QEMU, while it runs. */
  get pid(): number | undefined {
    return this.#qemu?.pid
  }

  /** Why it does not run, as the end of a sentence that begins with its name; null while it runs. */
  get whyDead(): string | null {
    return this.#whyDead
  }

  /** Starts QEMU; does nothing when it runs. @throws MachineError when QEMU ends before it opened its devices */
  async start(): Promise<void> {
    if (!this.#qemu && !this.#starting) {
      this.#starting = this.#startQemu().finally(() => {
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
    if (!this.#qemu) return
    await this.#inGuest(async (backdoor) => leave(backdoor, 'poweroff'))
    await this.waitForShutdown()
  }

  /** Waits until QEMU has ended, whatever ends it. */
  async waitForShutdown(): Promise<void> {
    await this.#qemu?.ended
  }

  /** Asks the guest to reboot, and waits for the shell of its next life. Only here a reboot does not end QEMU. */
  async reboot(): Promise<void> {
    await this.#inGuest(async (backdoor, { qmp }) => {
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
      this.#booted = null
    })
    // From here on a reboot means a panic again; before, SeaBIOS makes another one of its own.
    await this.#inGuest(async (_, { qmp }) => qmp.execute('set-action', { reboot: 'shutdown' }))
  }

  /** Ends QEMU as a power cut would. */
  async crash(): Promise<void> {
    await this.#qemu?.kill()
  }

  /** The end of the node: ends QEMU, with SIGTERM first, waits until it is gone, and lets go of its disks. */
  async stop(): Promise<void> {
    await this.#qemu?.stop()
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
    if (!this.#qemu) throw new BrokenPipeError(this.#whyDead)
    return this.#qemu.qmp.execute(command, args)
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
        if (!this.#qemu) throw new BrokenPipeError(this.#whyDead)
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

  async #startQemu(): Promise<void> {
    const { node, log, stateFolder } = this.#setup
    log.qemuStarting(node.name)
    const sockets = {
      shell: join(stateFolder, `${node.name}.shell`),
      worker: join(stateFolder, `${node.name}.worker`),
      monitor: join(stateFolder, `${node.name}.qmp`),
    }
    const { test, network } = this.#setup
    const command = qemuCommand({
      test,
      node,
      sockets,
      disks: this.#disks.files(),
      cardSocket: (card) => network.socketOf(card),
    })
    this.#conditions.hold()
    const qemu = await Qemu.start({ command, sockets, consoleLine: (line) => this.#consoleLine(line) })
    this.#qemu = qemu
    this.#whyDead = null
    this.#booted = null
    void qemu.ended.then((end) => this.#bury(end))
    const end = await qemu.connected()
    if (end) throw new MachineError(this.#refusal(end))
    log.qemuStarted(node.name, qemu.pid)
    if (this.#conditions.any) this.#meet(qemu)
  }

  /** Other nodes may talk to it before its own first command. What comes of it, the next command is told, too. */
  #meet({ backdoor }: Qemu): void {
    this.#booted ??= this.#firstContact(backdoor)
    this.#booted.catch(() => undefined)
  }

  #bury(end: QemuEnd): void {
    this.#qemu = null
    this.#booted = null
    this.#whyDead = describeEnd(end, this.#console.tail(100))
    this.#console.wake()
  }

  /** Boots where needed. A node that dies says why on its console: the error waits until that has been read. */
  async #inGuest<T>(body: (backdoor: Backdoor, qemu: Qemu) => Promise<T>): Promise<T> {
    await this.start()
    const qemu = this.#qemu
    if (!qemu) throw new BrokenPipeError(this.#whyDead)
    try {
      this.#booted ??= this.#firstContact(qemu.backdoor)
      await this.#booted
      return await body(qemu.backdoor, qemu)
    } catch (error) {
      if (!(error instanceof BrokenPipeError)) throw error
      const { exit } = await qemu.lastWords()
      const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
      this.#setup.log.remark(this.#setup.node.name, `QEMU ${how}`)
      // A new one, because the first came from a socket and knows nothing of the script that is waiting here.
      throw new BrokenPipeError(this.#whyDead)
    }
  }

  async #firstContact(backdoor: Backdoor): Promise<void> {
    const { log, node } = this.#setup
    const step = { type: 'work', node: node.name, text: 'waiting for the VM to finish booting' } as const
    await log.step(step, async () => {
      const start = performance.now()
      for (const line of await backdoor.greeted()) log.remark(node.name, `Guest shell says: b'${line}\\n'`)
      log.guestBooted(node.name, secondsSince(start))
    })
    await this.#conditions.apply(backdoor).catch((error) => {
      if (error instanceof MachineError) this.#setup.broken?.(error)
      throw error
    })
  }

  #consoleLine(line: string): void {
    this.#setup.log.console(this.#setup.node.name, line)
    this.#console.push(line)
  }

  #refusal({ exit }: QemuEnd): string {
    const how = exit.startError ?? `QEMU process exited with code ${exit.code ?? exit.signal}`
    const name = this.#setup.node.name
    const said = this.#console.tail(20).map((line) => `\n${line}`)
    return `Failed to start the following machines:\n${name}: ${how} before connecting to shell socket.${said.join('')}`
  }
}

/** Whether the shell still answers to a command that ends it is anybody's guess. */
function leave(backdoor: Backdoor, command: string): void {
  backdoor.execute({ command, timeoutSeconds: null, input: null }).catch(() => undefined)
}
