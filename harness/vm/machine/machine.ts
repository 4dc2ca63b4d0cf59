import { performance } from 'node:perf_hooks'
import { type Child, type ChildExit, startChild } from '../../process/child.ts'
import { secondsSince } from '../elapsed.ts'
import { BrokenPipeError, MachineError } from '../errors.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import type { NodeConfig, TestConfig } from '../test-config.ts'
import { Backdoor, type CommandResult } from './backdoor.ts'
import { ConsoleLines } from './console-lines.ts'
import { type QemuPaths, qemuCommand } from './qemu-command.ts'

/** Console lines kept for waits that look back, and for the report of a QEMU that did not start. */
const keptLines = 10_000
/** QEMU closes its sockets a moment before it ends; after this time it is helped. */
const lastBreathMs = 5000

/** What a node's QEMU needs to know. */
export interface MachineSetup {
  test: TestConfig
  node: NodeConfig
  paths: QemuPaths
  log: TestRecorder
}

/** One QEMU process: its lifetime, its console and its shell. What tests may ask of it is in node.ts. */
export class Machine {
  readonly #setup: MachineSetup
  #running: { child: Child; backdoor: Backdoor; booted: Promise<void> | null } | null = null
  #starting: Promise<void> | null = null
  #lines: string[] = []
  #lineArrived: (() => void)[] = []

  constructor(setup: MachineSetup) {
    this.#setup = setup
  }

  get running(): boolean {
    return this.#running !== null
  }

  /** Process id of QEMU, while it runs. */
  get pid(): number | undefined {
    return this.#running?.child.pid
  }

  /** Starts QEMU; does nothing when it runs. @throws MachineError when QEMU ends before it opened its devices */
  async start(): Promise<void> {
    if (!this.#running && !this.#starting) {
      this.#starting = this.#startQemu().finally(() => {
        this.#starting = null
      })
    }
    await this.#starting
  }

  async #startQemu(): Promise<void> {
    const { node, paths, log, test } = this.#setup
    log.remark(node.name, 'starting vm')
    const backdoor = await Backdoor.listen(paths.shellSocket)
    const [program = '', ...options] = qemuCommand(test, node, paths)
    const child = startChild(program, options, { graceSeconds: 2 })
    const running = { child, backdoor, booted: null }
    this.#running = running
    const consoleEnded = this.#readConsole(child)
    const ended = child.exited.then(async (exit) => {
      await consoleEnded
      backdoor.close()
      if (this.#running === running) this.#running = null
      return exit
    })
    const exit = await Promise.race([backdoor.connected(), ended])
    if (exit) throw new MachineError(this.#refusal(exit))
    log.remark(node.name, `QEMU running (pid ${child.pid})`)
  }

  /** Runs a command in the guest, after booting it where that has not been done. */
  async execute(command: string, timeoutSeconds: number | null): Promise<CommandResult> {
    await this.start()
    return this.#whileAlive(async (backdoor) => {
      await this.#boot(backdoor)
      return backdoor.execute(command, timeoutSeconds)
    })
  }

  /** Asks the guest to switch itself off and waits until QEMU has ended. */
  async powerOff(): Promise<void> {
    await this.#whileAlive(async (backdoor) => {
      await this.#boot(backdoor)
      await backdoor.send('poweroff')
    })
    await this.#running?.child.exited
    await this.stop()
  }

  /** Ends QEMU, with SIGTERM first, and waits until it is gone. */
  async stop(): Promise<void> {
    const running = this.#running
    if (!running) return
    await running.child.stop()
    running.backdoor.close()
    if (this.#running === running) this.#running = null
  }

  /** Ends QEMU as a power cut would. */
  async crash(): Promise<void> {
    this.#running?.child.kill()
    await this.stop()
  }

  /** Resolves when a console line has matched, lines since the last such call included. */
  async consoleText(pattern: RegExp): Promise<void> {
    for (;;) {
      const found = this.#lines.findIndex((line) => pattern.test(line))
      this.#lines = found >= 0 ? this.#lines.slice(found + 1) : []
      if (found >= 0) return
      if (!this.#running) throw new BrokenPipeError()
      await new Promise<void>((resolve) => this.#lineArrived.push(resolve))
    }
  }

  #boot(backdoor: Backdoor): Promise<void> {
    const running = this.#running
    if (!running) throw new BrokenPipeError()
    running.booted ??= this.#firstContact(backdoor)
    return running.booted
  }

  async #firstContact(backdoor: Backdoor): Promise<void> {
    const { log, node } = this.#setup
    const step = { type: 'work', node: node.name, text: 'waiting for the VM to finish booting' } as const
    await log.step(step, async () => {
      const start = performance.now()
      for (const line of await backdoor.greeted()) log.remark(node.name, `Guest shell says: b'${line}\\n'`)
      log.remark(node.name, 'connected to guest root shell')
      log.remark(node.name, `(connecting took ${secondsSince(start).toFixed(2)} seconds)`)
    })
  }

  /** A node that dies says why on its console: the error waits until that has been read. */
  async #whileAlive<T>(body: (backdoor: Backdoor) => Promise<T>): Promise<T> {
    const running = this.#running
    if (!running) throw new BrokenPipeError()
    try {
      return await body(running.backdoor)
    } catch (error) {
      if (!(error instanceof BrokenPipeError)) throw error
      await this.#lastWords(running.child)
      // A new one, because the first came from a socket and knows nothing of the script that is waiting here.
      throw new BrokenPipeError()
    }
  }

  async #lastWords(child: Child): Promise<void> {
    const helper = setTimeout(() => void child.stop(), lastBreathMs)
    const exit = await child.exited
    clearTimeout(helper)
    const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
    this.#setup.log.remark(this.#setup.node.name, `QEMU ${how}`)
  }

  /** QEMU's own words on standard error are part of the console, as the NixOS driver has it. */
  async #readConsole(child: Child): Promise<void> {
    await Promise.all(
      [child.stdout, child.stderr].map(async (stream) => {
        const lines = new ConsoleLines((line) => this.#consoleLine(line))
        for await (const bytes of stream) lines.push(bytes as Uint8Array)
        lines.end()
      }),
    )
    this.#wakeReaders()
  }

  #consoleLine(line: string): void {
    this.#setup.log.console(this.#setup.node.name, line)
    this.#lines.push(line)
    if (this.#lines.length > keptLines) this.#lines.splice(0, keptLines / 2)
    this.#wakeReaders()
  }

  #wakeReaders(): void {
    const readers = this.#lineArrived
    this.#lineArrived = []
    for (const wake of readers) wake()
  }

  #refusal(exit: ChildExit): string {
    const how = exit.startError ?? `QEMU process exited with code ${exit.code ?? exit.signal}`
    const name = this.#setup.node.name
    const said = this.#lines.slice(-20).map((line) => `\n${line}`)
    return `Failed to start the following machines:\n${name}: ${how} before connecting to shell socket.${said.join('')}`
  }
}
