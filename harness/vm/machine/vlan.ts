import { mkdirSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { NodeAddress } from '../test-config.ts'
import { FrameSplitter } from './frame-splitter.ts'
import { checkSocketPath } from './inlet.ts'
import { MacTable } from './mac-table.ts'

/** A port whose guest does not read loses frames, as on a real switch, instead of filling memory. */
const fullestPort = 4 * 1024 * 1024

/** Which card of which node. */
export type Card = Pick<NodeAddress, 'node' | 'interface'>

interface Port {
  card: Card
  server: Server
  /** null while no QEMU is plugged in. */
  socket: Socket | null
  isUp: boolean
  /** What must hold for the card does not hold yet. */
  isHeld: boolean
}

/**
 * A virtual Ethernet switch inside the driver. Each network card has a port of its own: a Unix socket, so that it
 * needs no rights on the host, cannot be reached from a network, and is this test's alone.
 */
export class Vlan {
  readonly number: number
  /** Holds the ports' sockets. */
  readonly folder: string
  readonly #ports: Port[]
  readonly #addresses = new MacTable<Port>()
  /** Node to the number of its group, while the network is partitioned. */
  #groups = new Map<string, number>()

  private constructor(number: number, folder: string, cards: Card[]) {
    this.number = number
    this.folder = folder
    this.#ports = cards.map((card) => {
      const port: Port = {
        card,
        server: createServer((socket) => this.#plug(port, socket)),
        socket: null,
        isUp: true,
        isHeld: false,
      }
      return port
    })
  }

  /**
   * @param folder is made; must not exist
   * @param cards that will be plugged in
   * @throws when a socket cannot be made
   */
  static async start(number: number, folder: string, cards: Card[]): Promise<Vlan> {
    const vlan = new Vlan(number, folder, cards)
    mkdirSync(folder, { mode: 0o700 })
    await Promise.all(vlan.#ports.map(({ card, server }) => listen(server, vlan.socketOf(card))))
    return vlan
  }

  /** The socket that a card's QEMU connects to. */
  socketOf(card: Card): string {
    return join(this.folder, `${card.node}.${card.interface}`)
  }

  /** Plugs a card in or out, on the switch's side of the cable. */
  setLink(card: Card, isUp: boolean): void {
    for (const port of this.#portsOf(card)) port.isUp = isUp
    this.#addresses.clear()
  }

  /** Lets no frame of a card pass, without its guest noticing, until it is released. */
  hold(card: Card): void {
    for (const port of this.#portsOf(card)) port.isHeld = true
  }

  /** Ends `hold`. */
  release(card: Card): void {
    for (const port of this.#portsOf(card)) port.isHeld = false
  }

  /** Frames no longer pass between nodes of different groups; a node in no group still reaches all. */
  partition(groups: string[][]): void {
    this.#groups = new Map(groups.flatMap((nodes, group) => nodes.map((node) => [node, group])))
    this.#addresses.clear()
  }

  /** Ends a partition. */
  heal(): void {
    this.partition([])
  }

  /** Pulls every plug. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#ports.map(({ server, socket }) => {
        socket?.destroy()
        return new Promise<void>((resolve) => server.close(() => resolve()))
      }),
    )
  }

  /** A node that starts again takes its port over from its former QEMU. */
  #plug(port: Port, socket: Socket): void {
    const frames = new FrameSplitter()
    port.socket?.destroy()
    port.socket = socket
    socket.on('data', (bytes) => {
      const whole = frames.push(bytes)
      if (whole === null) socket.destroy()
      else if (whole.length > 0 && isOpen(port)) this.#forward(port, whole)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (port.socket === socket) port.socket = null
    })
  }

  #forward(from: Port, frames: Buffer): void {
    for (const { to, bytes } of this.#addresses.route(from, frames)) {
      for (const port of to ? [to] : this.#ports) if (port !== from) this.#send(from, port, bytes)
    }
  }

  #send(from: Port, to: Port, frames: Buffer): void {
    if (!to.socket || !isOpen(to) || this.#isCut(from, to)) return
    if (to.socket.writableLength < fullestPort) to.socket.write(frames)
  }

  #portsOf({ node, interface: name }: Card): Port[] {
    return this.#ports.filter(({ card }) => card.node === node && card.interface === name)
  }

  #isCut(one: Port, other: Port): boolean {
    const [group, otherGroup] = [this.#groups.get(one.card.node), this.#groups.get(other.card.node)]
    return group !== undefined && otherGroup !== undefined && group !== otherGroup
  }
}

function isOpen({ isUp, isHeld }: Port): boolean {
  return isUp && !isHeld
}

function listen(server: Server, path: string): Promise<void> {
  checkSocketPath(path)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}
