import { constraintOf, type WrittenConstraint } from '../../../harness/profile/constraint.ts'
import { constrainLine, releaseLine } from '../../../harness/profile/shell.ts'
import type { VmNode } from '../../../harness/vm/script/node.ts'

/** What a guest needs for its links to be constrained. */
export const constrainedGuest = { packages: ['iproute2'], modules: ['sch_netem', 'sch_htb', 'sch_tbf'] }

/** Constrains what a node sends on a card, in place of any other constraint. @param card such as `eth1` */
export async function constrain(node: VmNode, written: WrittenConstraint, card: string): Promise<void> {
  await node.succeed(constrainLine(card, constraintOf(written)))
}

/** Takes the constraint off a card. */
export async function release(node: VmNode, card: string): Promise<void> {
  await node.succeed(releaseLine(card))
}
