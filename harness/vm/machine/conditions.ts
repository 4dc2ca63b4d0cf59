import { differenceIn, readBackLine, seenFacts } from '../../profile/read-back.ts'
import { MachineError } from '../errors.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import {
  addressesOf,
  cardMark,
  type LinkCondition,
  type NodeAddress,
  type NodeConfig,
} from '../test-config.ts'
import type { Backdoor } from './backdoor.ts'
import type { Network } from './network.ts'

/** A guest that needs longer for a few commands does not answer any more. */
const limitSeconds = 120

/** What the conditions of a node work with. */
export interface ConditionsSetup {
  node: NodeConfig
  test: { nodes: NodeConfig[] }
  network: Network
  log: Pick<TestRecorder, 'linkConstrained'>
}

interface ConditionedCard {
  card: NodeAddress
  condition: LinkCondition
}

/**
 * What holds for a node's network cards. The guest itself makes it hold; until it does, the switch lets no frame of the
 * card pass, so that nobody ever meets the node on another link than the one that was asked for.
 */
export class Conditions {
  readonly #setup: ConditionsSetup
  readonly #cards: ConditionedCard[]

  constructor(setup: ConditionsSetup) {
    this.#setup = setup
    const { conditions = [], name } = setup.node
    this.#cards = addressesOf(setup.test.nodes).flatMap((card) => {
      const condition = conditions.find((one) => card.node === name && one.interface === card.interface)
      return condition ? [{ card, condition }] : []
    })
  }

  /** Whether there are any. */
  get any(): boolean {
    return this.#cards.length > 0
  }

  /** The guest begins anew, and knows nothing of them. */
  hold(): void {
    for (const { card } of this.#cards) this.#setup.network.hold(card)
  }

  /** @throws MachineError when the guest cannot do what it must; BrokenPipeError when it dies */
  async apply(guest: Backdoor): Promise<void> {
    for (const one of this.#cards) {
      const dev = await this.#nameOf(one.card, guest)
      await this.#make(one, dev, guest)
      this.#setup.log.linkConstrained(one.card.node, one.card.interface, one.condition.words)
      this.#setup.network.release(one.card)
    }
  }

  async #make({ card, condition }: ConditionedCard, dev: string, guest: Backdoor): Promise<void> {
    const { apply, expected } = condition
    const made = await run(guest, `{ ${apply.replaceAll(cardMark, dev)}\n} 2>&1`)
    if (made.status !== 0) throw this.#refusal(card, condition, lastWords(made))
    if (expected === null) return
    const shown = await run(guest, `{ ${readBackLine(dev)}\n} 2>&1`)
    const seen = seenFacts(shown.output)
    const difference =
      seen === null ? `tc does not show what holds now: ${lastWords(shown)}` : differenceIn(expected, seen)
    if (difference !== null) throw this.#refusal(card, condition, difference)
  }

  /** Ours call their cards as we do; others may have names of their own, such as enp0s3. */
  async #nameOf(card: NodeAddress, guest: Backdoor): Promise<string> {
    if (this.#setup.node.boot.type === 'own') return card.interface
    const { output } = await run(
      guest,
      'cd /sys/class/net && for one in *; do read -r address < "$one/address" && echo "$address $one"; done',
    )
    return nameOfCard(card, output)
  }

  /** The words of the NixOS driver for a machine that does not come up: the check is not to blame. */
  #refusal({ node }: NodeAddress, { interface: name, words }: LinkCondition, why: string): MachineError {
    return new MachineError(
      `Failed to start the following machines:\n${node}: ${name} cannot be constrained (${words}): ${why}`,
    )
  }
}

/**
 * What a guest calls a card, by its address.
 * @param listing a line for each of its interfaces: address, blank, name; from a guest, so perhaps anything
 */
export function nameOfCard(card: Pick<NodeAddress, 'interface' | 'mac'>, listing: string): string {
  const names = listing.split('\n').flatMap((line) => {
    // 52:54:00:12:01:02 enp0s3
    const [, address, name] = /^([\da-f:]{17}) ([\w.-]{1,15})$/.exec(line) ?? []
    return address === card.mac && name !== undefined ? [name] : []
  })
  // The members of a bond have its address; so has a bridge that of its port.
  return names.find((name) => name === card.interface) ?? names[0] ?? card.interface
}

async function run(guest: Backdoor, command: string): Promise<{ status: number; output: string }> {
  const { status, output } = await guest.execute({ command, timeoutSeconds: limitSeconds, input: null })
  return { status, output: output.toString('utf8') }
}

function lastWords({ status, output }: { status: number; output: string }): string {
  const line = output.trim().split('\n').at(-1) ?? ''
  return line === '' ? `exit code ${status}` : line.slice(0, 200)
}
