import type { Constraint, Profile } from '../../model/profile.ts'
import { limitedNodes } from '../../plan/profiles.ts'
import { constrainedInterfaces } from '../../profile/links.ts'
import { expectedFacts } from '../../profile/read-back.ts'
import { constrainLine } from '../../profile/shell.ts'
import { constraintWords } from '../../profile/words.ts'
import type { GuestDefinition } from '../suite.ts'
import { addressesOf, cardMark, type LinkCondition } from '../test-config.ts'
import type { SuiteNode } from './definition.ts'

/** What a guest needs for its links to be constrained. */
const packages = ['iproute2']
const modules = ['sch_netem', 'sch_htb', 'sch_tbf']

/** A node of a suite, and what holds for its network cards. */
export type ConditionedNode = SuiteNode & { conditions: LinkCondition[] }

/** Nodes as they are under a profile. Guests that are put together here get the programs and modules that it takes. */
export function underProfile(nodes: SuiteNode[], profile: Profile | null): ConditionedNode[] {
  const constrained = constrainedInterfaces(profile ?? { links: [] }, addressesOf(nodes))
  return limitedNodes(nodes, profile).map((node) => {
    const conditions = constrained
      .filter((card) => card.node === node.name)
      .map((card) => conditionOf(card.interface, card.constraint))
    return conditions.length === 0
      ? { ...node, conditions }
      : { ...node, conditions, guest: withTools(node.guest) }
  })
}

/** Busybox has an ip and a tc of its own, which know none of this. */
const demandTools = `case "$(ip -V 2>&1)/$(tc -V 2>&1)" in
  ip*iproute2*/tc*iproute2*) ;;
  *) echo 'the guest does not have ip and tc of iproute2'; exit 1 ;;
esac`

function conditionOf(card: string, constraint: Constraint): LinkCondition {
  return {
    interface: card,
    apply: `${demandTools}\n${constrainLine(cardMark, constraint)}`,
    expected: expectedFacts(constraint),
    words: constraintWords(constraint),
  }
}

function withTools(guest: GuestDefinition): GuestDefinition {
  if ('kernel' in guest || 'disk' in guest) return guest
  return {
    ...guest,
    packages: [...new Set([...(guest.packages ?? []), ...packages])],
    modules: [...new Set([...(guest.modules ?? []), ...modules])],
  }
}
