import type { Constraint, Loss } from '../model/profile.ts'
import { shellWord } from '../model/shell-word.ts'
import { asBursts } from './qdisc.ts'
import { netemPackets } from './queue-sizes.ts'

/**
 * What is set up on an interface: names of qdiscs, which stand for themselves with 1, and their numbers under the names
 * that tc has for them, such as `netem delay.jitter` in seconds. What is 0 is left out; null: whatever it is.
 */
export type QdiscFacts = Record<string, number | null>

/** A line for a POSIX shell that prints what `seenFacts` reads. */
export function readBackLine(dev: string): string {
  const name = shellWord(dev)
  // The classes of htb have no JSON before iproute2 6.2.
  return `tc -j qdisc show dev ${name} && echo && tc class show dev ${name}`
}

/** What an interface must show on which linkCommands were executed. */
export function expectedFacts(constraint: Constraint): QdiscFacts {
  const { rate, outage } = constraint
  const netem = withoutZeros(netemFacts(constraint))
  const hasNetem = Object.keys(netem).length > 0 || outage !== null
  if (!hasNetem && rate === null) return { pfifo: 1 }
  if (!hasNetem) return { tbf: 1, 'tbf rate': rate }
  return {
    ...(rate === null ? {} : { htb: 1, 'htb rate': rate }),
    netem: 1,
    'netem limit': netemPackets(constraint),
    ...netem,
    ...(outage === null ? {} : anyLoss),
  }
}

/** A link with outages may be just out. */
const anyLoss: QdiscFacts = Object.fromEntries(
  ['loss-random.loss', ...['p', 'r', '1-h', '1-k'].map((key) => `loss-gemodel.${key}`)].map((key) => [
    `netem ${key}`,
    null,
  ]),
)

function netemFacts({ delay, loss, duplication, reordering, corruption }: Constraint): QdiscFacts {
  return {
    'netem delay.delay': delay?.seconds ?? 0,
    'netem delay.jitter': delay?.jitterSeconds ?? 0,
    'netem duplicate.duplicate': duplication,
    'netem reorder.reorder': reordering,
    'netem corrupt.corrupt': corruption,
    ...(loss === null ? {} : lossFacts(loss)),
  }
}

function lossFacts(loss: Loss): QdiscFacts {
  switch (loss.type) {
    case 'random':
      return { 'netem loss-random.loss': loss.average }
    case 'correlated':
      return lossFacts(asBursts(loss))
    case 'bursty':
      return {
        'netem loss-gemodel.p': loss.enter,
        'netem loss-gemodel.r': loss.leave,
        'netem loss-gemodel.1-h': loss.inside,
        'netem loss-gemodel.1-k': loss.outside,
      }
  }
}

/** @param shown output of readBackLine, from a guest and so perhaps anything @returns null when it is something else */
export function seenFacts(shown: string): QdiscFacts | null {
  const [first = '', ...classes] = shown.split('\n')
  let qdiscs: unknown
  try {
    qdiscs = JSON.parse(first)
  } catch {
    return null
  }
  if (!Array.isArray(qdiscs)) return null
  const facts: QdiscFacts = {}
  for (const qdisc of qdiscs.filter(isRecord)) Object.assign(facts, factsOf(qdisc))
  for (const line of classes) {
    // class htb 1:1 root leaf 10: prio 0 rate 20Mbit ceil 20Mbit burst 25000b cburst 25000b
    const [, amount, prefix = ''] = /^class htb 1:1 .*\brate (\d+)([KMGT]?)bit\b/.exec(line) ?? []
    if (amount !== undefined) facts['htb rate'] = Number(amount) * 1000 ** ' KMGT'.indexOf(prefix || ' ')
  }
  return withoutZeros(facts)
}

function factsOf({ kind, options }: Record<string, unknown>): QdiscFacts {
  if (typeof kind !== 'string') return {}
  const known = isRecord(options) ? options : {}
  if (kind === 'netem') return { netem: 1, ...numbersIn(known, 'netem ') }
  // tc counts this one in bytes per second.
  if (kind === 'tbf') return { tbf: 1, 'tbf rate': Number(known.rate) * 8 }
  return { [kind]: 1 }
}

/** `{ limit: 5, delay: { delay: 0.05 } }` → `netem limit`, `netem delay.delay`. A gap comes along with reordering. */
function numbersIn(options: Record<string, unknown>, prefix: string): QdiscFacts {
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, value]): [string, number][] => {
      if (isRecord(value)) return Object.entries(numbersIn(value, `${prefix}${key}.`)) as [string, number][]
      return typeof value === 'number' && key !== 'gap' ? [[`${prefix}${key}`, value]] : []
    }),
  )
}

/** tc cuts a rate to three digits and shares to six. */
const tolerance = 0.002

/** @returns how what is seen differs from what must be, one line, or null when it does not */
export function differenceIn(expected: QdiscFacts, seen: QdiscFacts): string | null {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
    const [wanted = 0, is = 0] = [expected[name], seen[name]]
    if (wanted === null || is === null || Math.abs(is - wanted) <= tolerance * Math.abs(wanted)) continue
    if (!name.includes(' ')) return wanted === 0 ? `there is a qdisc ${name}` : `there is no qdisc ${name}`
    return `${name} is ${is} instead of ${wanted}`
  }
  return null
}

function withoutZeros(facts: QdiscFacts): QdiscFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== 0))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
