import { type Child, type ChildExit, startChild } from '../../process/child.ts'
import { Backdoor, type BackdoorSockets } from './backdoor.ts'
import { ConsoleLines } from './console-lines.ts'
import { QmpClient } from './qmp.ts'

/** QEMU closes its sockets a moment before it ends; after this time it is helped. */
const lastBreathMs = 5000

/** Where a QEMU is connected to us. */
export interface QemuSockets extends BackdoorSockets {
  /** For QMP. */
  monitor: string
}

/** How a QEMU is started and who hears its console. */
export interface QemuStart {
  /** Program and options. */
  command: string[]
  sockets: QemuSockets
  /** Gets every line of the console; QEMU's own words on standard error are among them, as under NixOS. */
  consoleLine(line: string): void
}

/** How a QEMU ended. */
export interface QemuEnd {
  exit: ChildExit
  /** QEMU's word for what ended the guest, such as `guest-panic`; null when it said none. */
  shutdownReason: string | null
}

/** One QEMU process, from its start to its end, and everything that connects it to us. */
export class Qemu {
  readonly backdoor: Backdoor
  readonly qmp: QmpClient
  /** Resolves when it is gone, its console is read and its connections are closed; never rejects. */
  readonly ended: Promise<QemuEnd>
  readonly #child: Child
  #shutdownReason: string | null = null

  private constructor({ command, consoleLine }: QemuStart, backdoor: Backdoor, qmp: QmpClient) {
    const [program = '', ...options] = command
    this.backdoor = backdoor
    this.qmp = qmp
    this.qmp.listen(({ event, data }) => {
      if (event === 'SHUTDOWN') this.#shutdownReason = String(data.reason)
    })
    this.#child = startChild(program, options, { graceSeconds: 2, deathSignal: 'KILL' })
    this.ended = this.#untilEnd(this.#readConsole(consoleLine))
  }

  /** Starts it and returns at once; `connected` tells whether it came up. */
  static async start(start: QemuStart): Promise<Qemu> {
    const backdoor = await Backdoor.listen(start.sockets)
    const qmp = await QmpClient.listen(start.sockets.monitor)
    return new Qemu(start, backdoor, qmp)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** @returns null when it has opened its devices and takes commands, and how it ended when it did that first */
  connected(): Promise<QemuEnd | null> {
    const up = Promise.all([this.qmp.ready(), this.backdoor.connected()]).then(() => null)
    return Promise.race([up.catch(() => this.ended), this.ended])
  }

  /** Ends it: SIGTERM, then SIGKILL. Resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#child.stop()
    await this.ended
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill()
    await this.ended
  }

  /** It has closed a connection: waits for its end, and sees to it that there is one. */
  async lastWords(): Promise<QemuEnd> {
    const helper = setTimeout(() => void this.#child.stop(), lastBreathMs)
    try {
      return await this.ended
    } finally {
      clearTimeout(helper)
    }
  }

  async #untilEnd(consoleRead: Promise<void>): Promise<QemuEnd> {
    const exit = await this.#child.exited
    await consoleRead
    this.backdoor.close()
    this.qmp.close()
    return { exit, shutdownReason: this.#shutdownReason }
  }

  async #readConsole(consoleLine: (line: string) => void): Promise<void> {
    await Promise.all(
      [this.#child.stdout, this.#child.stderr].map(async (stream) => {
        const lines = new ConsoleLines(consoleLine)
        for await (const bytes of stream) lines.push(bytes as Uint8Array)
        lines.end()
      }),
    )
  }
}
