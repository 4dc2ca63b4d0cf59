import { join } from 'node:path'
import { addressesOf, type NodeConfig } from '../test-config.ts'
import { type Card, Vlan } from './vlan.ts'

/** All virtual switches of a test and who is plugged into them. */
export class Network {
  /** By number. */
  readonly vlans: readonly Vlan[]
  readonly #nodes: NodeConfig[]

  private constructor(nodes: NodeConfig[], vlans: Vlan[]) {
    this.#nodes = nodes
    this.vlans = vlans
  }

  /**
   * Starts a switch for each vlan that a node names.
   *
   * @param stateFolder gets a folder `vlanN` for each
   */
  static async start(nodes: NodeConfig[], stateFolder: string): Promise<Network> {
    const numbers = [...new Set(nodes.flatMap((node) => node.vlans))].sort((a, b) => a - b)
    const cards = addressesOf(nodes)
    const vlans = numbers.map((number) =>
      Vlan.start(
        number,
        join(stateFolder, `vlan${number}`),
        cards.filter(({ vlan }) => vlan === number),
      ),
    )
    return new Network(nodes, await Promise.all(vlans))
  }

  /** The socket that a card's QEMU connects to. @throws for a card that the test does not have */
  socketOf(card: Card): string {
    return this.#vlanOf(card).socketOf(card)
  }

  /** The switches' side of a link that goes down or comes up. */
  setLink(card: Card, isUp: boolean): void {
    this.#vlanOf(card).setLink(card, isUp)
  }

  /** Lets no frame of a card pass, without its guest noticing, until it is released. */
  hold(card: Card): void {
    this.#vlanOf(card).hold(card)
  }

  /** Ends `hold`. */
  release(card: Card): void {
    this.#vlanOf(card).release(card)
  }

  /** On every switch, frames no longer pass between nodes of different groups; a node in no group reaches all. */
  partition(groups: string[][]): void {
    for (const vlan of this.vlans) vlan.partition(groups)
  }

  /** Ends a partition. */
  heal(): void {
    for (const vlan of this.vlans) vlan.heal()
  }

  async stop(): Promise<void> {
    await Promise.all(this.vlans.map((vlan) => vlan.stop()))
  }

  #vlanOf(card: Card): Vlan {
    const number = addressesOf(this.#nodes).find(
      (address) => address.node === card.node && address.interface === card.interface,
    )?.vlan
    const vlan = this.vlans.find((one) => one.number === number)
    if (!vlan) throw new Error(`${card.node} has no card ${card.interface}`)
    return vlan
  }
}
