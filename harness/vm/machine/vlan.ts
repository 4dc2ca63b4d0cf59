import { createServer, type Server, type Socket } from 'node:net'

/** QEMU's `-netdev stream` puts the length of each Ethernet frame before it: 4 bytes, big-endian. */
const lengthBytes = 4
/** More than any frame, segmentation offload included; a larger length means that the stream is out of step. */
const longestFrame = 256 * 1024
/** A port whose guest does not read loses frames, as on a real switch, instead of filling memory. */
const fullestPort = 4 * 1024 * 1024

/**
 * A virtual Ethernet hub inside the driver: every frame from one port goes to all others, as NixOS's
 * `vde_switch --hub` does. Its ports are connections to a Unix socket, so it needs no rights on the host, cannot
 * be reached from a network, and is this test's alone.
 */
export class Vlan {
  readonly number: number
  readonly path: string
  readonly #server: Server
  readonly #ports = new Set<Socket>()

  private constructor(number: number, path: string) {
    this.number = number
    this.path = path
    this.#server = createServer((socket) => this.#plug(socket))
  }

  /** @param path of the socket; must not exist. @throws when the socket cannot be made */
  static async start(number: number, path: string): Promise<Vlan> {
    const vlan = new Vlan(number, path)
    await new Promise<void>((resolve, reject) => {
      vlan.#server.once('error', reject)
      vlan.#server.listen(path, resolve)
    })
    return vlan
  }

  /** Pulls every plug. */
  async stop(): Promise<void> {
    for (const port of this.#ports) port.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #plug(port: Socket): void {
    const frames = new FrameSplitter()
    this.#ports.add(port)
    port.on('data', (bytes) => {
      const whole = frames.push(bytes)
      if (whole === null) port.destroy()
      else if (whole.length > 0) this.#forward(port, whole)
    })
    port.on('error', () => port.destroy())
    port.on('close', () => this.#ports.delete(port))
  }

  #forward(from: Socket, frames: Buffer): void {
    for (const port of this.#ports) {
      if (port !== from && port.writableLength < fullestPort) port.write(frames)
    }
  }
}

/** Holds back the beginning of a frame whose end has not come yet: frames of two ports must not mix. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0)

  /** @returns the bytes of all frames that are complete now, lengths included; null for a broken stream */
  push(bytes: Buffer): Buffer | null {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let end = 0
    while (all.length - end >= lengthBytes) {
      const length = all.readUInt32BE(end)
      if (length > longestFrame) return null
      if (all.length - end < lengthBytes + length) break
      end += lengthBytes + length
    }
    this.#rest = all.subarray(end)
    return all.subarray(0, end)
  }
}
