import type { Constraint, InterfaceSelector, Profile } from '../model/profile.ts'
import { fitsNode } from './node-glob.ts'

/** A network interface of a node. */
export interface NodeInterface {
  node: string
  interface: string
  vlan: number
}

/** @returns the interfaces that a profile constrains, with what it puts on each */
export function constrainedInterfaces<Card extends NodeInterface>(
  profile: Pick<Profile, 'links'>,
  cards: Card[],
): (Card & { constraint: Constraint })[] {
  return cards.flatMap((card) => {
    const links = profile.links.find(({ nodes, on }) => fitsNode(nodes, card.node) && isMeant(on, card))
    return links === undefined ? [] : [{ ...card, constraint: links.constraint }]
  })
}

function isMeant(on: InterfaceSelector, card: NodeInterface): boolean {
  switch (on.type) {
    case 'all':
      return true
    case 'interface':
      return on.name === card.interface
    case 'vlan':
      return on.number === card.vlan
  }
}
