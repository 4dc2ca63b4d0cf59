import type { VmNode } from 'vmproof'
import type { Constraint } from '../../../harness/model/profile.ts'
import { constrainLine, releaseLine } from '../../../harness/profile/shell.ts'

/** What a guest needs for its links to be constrained. */
export const constrainedGuest = { packages: ['iproute2'], modules: ['sch_netem', 'sch_htb', 'sch_tbf'] }

/** Constrains what a node sends on a card, in place of any other constraint. @param card such as `eth1` */
export async function constrain(node: VmNode, constraint: Constraint, card: string): Promise<void> {
  await node.succeed(constrainLine(card, constraint))
}

/** Takes the constraint off a card. */
export async function release(node: VmNode, card: string): Promise<void> {
  await node.succeed(releaseLine(card))
}
