import type { Constraint, Delay, Loss } from '../model/profile.ts'
import { shellWord } from '../model/shell-word.ts'
import { burstBytes, frameBytes, netemPackets, waitingBytes } from './queue-sizes.ts'

/** A program and its arguments. */
export type ProgramCall = string[]

/** How a constraint gets onto an interface. Programs are iproute2's, found on PATH. */
export interface LinkCommands {
  /** In this order; whatever constraint was there before is replaced. */
  apply: ProgramCall[]
  /** What turns the link off and on where it has outages, otherwise null. */
  outage: { down: ProgramCall; up: ProgramCall } | null
}

/**
 * Translates a constraint into qdiscs: netem alone, netem as the leaf of an htb class where there is also a rate, tbf
 * for a rate alone (tc-netem(8), tc-htb(8), tc-tbf(8)). What a node receives is not touched: to delay a link both
 * ways, constrain both its ends, and the round trip takes both delays.
 *
 * @param dev name of a network interface
 */
export function linkCommands(dev: string, constraint: Constraint): LinkCommands {
  return {
    apply: [segmentsPerPacket(dev, 1), neutralRoot(dev), ...qdiscs(dev, constraint)],
    outage: constraint.outage === null ? null : outageCommands(dev, constraint),
  }
}

/** What takes any constraint off an interface, in this order; works whether or not there is one. */
export function releaseCommands(dev: string): ProgramCall[] {
  return [
    neutralRoot(dev),
    ['tc', 'qdisc', 'del', 'dev', dev, 'root'],
    segmentsPerPacket(dev, kernelSegments),
  ]
}

/**
 * Comes first: a qdisc cannot be replaced by one of its own kind, only changed, and htb not even that; and `del` of
 * a root that nobody has set fails.
 */
function neutralRoot(dev: string): ProgramCall {
  return ['tc', 'qdisc', 'replace', 'dev', dev, 'root', 'pfifo']
}

/** The kernel's own limit (GSO_MAX_SEGS). */
const kernelSegments = 65535

/**
 * TCP hands packets of up to 64 KiB to the qdisc, to be cut into frames behind it. A qdisc that loses, counts and
 * delays packets would then treat a few dozen frames as one: 1 % loss hardly slows a connection down. Holds for
 * connections made from now on.
 */
function segmentsPerPacket(dev: string, count: number): ProgramCall {
  return ['ip', 'link', 'set', 'dev', dev, 'gso_max_segs', String(count)]
}

const rootHandle = '1:'
const rateClass = '1:1'
const netemHandle = '10:'

function qdiscs(dev: string, constraint: Constraint): ProgramCall[] {
  const { rate } = constraint
  const netem = netemArguments(constraint)
  const needsNetem = netem.length > 0 || constraint.outage !== null
  if (rate === null) return needsNetem ? [netemCommand('replace', dev, constraint)] : []
  if (!needsNetem) return [tbfCommand(dev, rate, constraint)]
  const bits = `${Math.round(rate)}bit`
  const burst = String(burstBytes(rate))
  return [
    ['tc', 'qdisc', 'replace', 'dev', dev, 'root', 'handle', rootHandle, 'htb', 'default', '1'],
    [
      ...['tc', 'class', 'replace', 'dev', dev, 'parent', rootHandle, 'classid', rateClass, 'htb'],
      ...['rate', bits, 'ceil', bits, 'burst', burst, 'cburst', burst],
      // Shares between classes; with one class only its warning about odd values matters.
      ...['quantum', String(frameBytes)],
    ],
    netemCommand('replace', dev, constraint),
  ]
}

/** tbf's `limit` is how much may wait, not how long anything is delayed; `latency` would say the same in time. */
function tbfCommand(dev: string, rate: number, constraint: Constraint): ProgramCall {
  return [
    ...['tc', 'qdisc', 'replace', 'dev', dev, 'root', 'handle', rootHandle, 'tbf'],
    ...['rate', `${Math.round(rate)}bit`, 'burst', String(burstBytes(rate))],
    ...['limit', String(Math.max(frameBytes, waitingBytes(rate, constraint)))],
  ]
}

function netemCommand(verb: 'replace' | 'change', dev: string, constraint: Constraint): ProgramCall {
  const parent = constraint.rate === null ? ['root'] : ['parent', rateClass]
  return [
    ...['tc', 'qdisc', verb, 'dev', dev, ...parent, 'handle', netemHandle, 'netem'],
    ...['limit', String(netemPackets(constraint)), ...netemArguments(constraint)],
  ]
}

function outageCommands(dev: string, constraint: Constraint): { down: ProgramCall; up: ProgramCall } {
  const all: Loss = { type: 'random', average: 1 }
  return {
    down: netemCommand('change', dev, { ...constraint, loss: all }),
    up: netemCommand('change', dev, constraint),
  }
}

function netemArguments({ delay, loss, duplication, reordering, corruption }: Constraint): string[] {
  const share = (name: string, fraction: number) => (fraction > 0 ? [name, percent(fraction)] : [])
  return [
    ...(delay === null ? [] : delayArguments(delay)),
    ...(loss === null ? [] : lossArguments(loss)),
    ...share('duplicate', duplication),
    ...share('corrupt', corruption),
    ...share('reorder', reordering),
  ]
}

/** tc knows uniform delays only as those without a distribution: it has no table of that name. */
function delayArguments({ seconds, jitterSeconds, distribution }: Delay): string[] {
  if (jitterSeconds === 0) return ['delay', microseconds(seconds)]
  const table = distribution === 'uniform' ? [] : ['distribution', distribution]
  return ['delay', microseconds(seconds), microseconds(jitterSeconds), ...table]
}

/**
 * netem's own correlated loss loses far less than it was told (0.15 % instead of 5 % at a correlation of 25 %, and
 * its manual warns of it), so a chain of two states with the same average and correlation takes its place.
 */
function lossArguments(loss: Loss): string[] {
  switch (loss.type) {
    case 'random':
      return ['loss', 'random', percent(loss.average)]
    case 'correlated':
      return lossArguments(asBursts(loss))
    case 'bursty':
      return ['loss', 'gemodel', ...[loss.enter, loss.leave, loss.inside, loss.outside].map(percent)]
  }
}

/** Two states, of which one loses all: its average is enter / (enter + leave), its correlation 1 - enter - leave. */
export function asBursts({
  average,
  correlation,
}: {
  average: number
  correlation: number
}): Extract<Loss, { type: 'bursty' }> {
  const change = 1 - correlation
  return { type: 'bursty', enter: average * change, leave: (1 - average) * change, inside: 1, outside: 0 }
}

/** @returns the fraction of packets that are lost in the long run */
export function averageLoss(loss: Loss | null): number {
  if (loss === null) return 0
  if (loss.type !== 'bursty') return loss.average
  const { enter, leave, inside, outside } = loss
  // A link that cannot change its state stays in the one in which it began.
  const inBurst = enter === 0 ? 0 : enter / (enter + leave)
  return inBurst * inside + (1 - inBurst) * outside
}

/** To the nanosecond, which is what the kernel counts. */
function microseconds(seconds: number): string {
  return `${Number((seconds * 1e6).toFixed(3))}us`
}

/** Without the last digits that binary fractions leave behind, and without an exponent. */
function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(7).replace(/\.?0+$/, '')}%`
}

/** One line for a POSIX shell; it stops at the first command that fails. */
export function shellLine(commands: ProgramCall[]): string {
  return commands.map((command) => command.map(shellWord).join(' ')).join(' && ')
}
