import type { Constraint, Profile } from '../model/profile.ts'
import { type Knob, knobs, type SearchQuestion } from '../model/sweep.ts'
import { UserError } from '../model/user-error.ts'
import { noConstraint } from '../profile/constraint.ts'
import { BadValue, parseRate, parseShare, parseTime } from '../profile/units.ts'

type Range = Pick<SearchQuestion, 'knob' | 'from' | 'to'>

interface KnobFacts {
  /** Of values, in text and JSON. */
  unit: string
  /** The unit as profiles write it. */
  suffix: string
  /** @returns a value in `unit` */
  parse(text: string): number
  /** Checks fare worse the smaller it is. */
  lessIsHarsher: boolean
  constraint(value: number, range: Range): Partial<Constraint>
}

const facts: Record<Knob, KnobFacts> = {
  loss: {
    unit: '%',
    suffix: '%',
    parse: (text) => withoutNoise(parseShare(text) * 100),
    lessIsHarsher: false,
    constraint: (value) => ({ loss: value === 0 ? null : { type: 'random', average: value / 100 } }),
  },
  delay: {
    unit: 'ms',
    suffix: 'ms',
    parse: (text) => withoutNoise(parseTime(text) * 1000),
    lessIsHarsher: false,
    constraint: (value) => ({ delay: delayOf(value, 0) }),
  },
  jitter: {
    unit: 'ms',
    suffix: 'ms',
    parse: (text) => withoutNoise(parseTime(text) * 1000),
    lessIsHarsher: false,
    // A delay can vary by no more than itself, and must be the same at all values, or it would be searched as well.
    constraint: (value, { to }) => ({ delay: delayOf(to, value) }),
  },
  rate: {
    unit: 'kbit/s',
    suffix: 'kbit',
    parse: (text) => withoutNoise(parseRate(text) / 1000),
    lessIsHarsher: true,
    constraint: (value) => ({ rate: value * 1000 }),
  },
}

function delayOf(milliseconds: number, jitterMs: number): Constraint['delay'] {
  if (milliseconds === 0) return null
  return { seconds: milliseconds / 1000, jitterSeconds: jitterMs / 1000, distribution: 'uniform' }
}

/** Of the last digits that binary fractions leave behind. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12))
}

/** Reads `loss=0%..20%`. @throws UserError naming the option */
export function parseFind(text: string): Range {
  const match = /^\s*(\w+)\s*=\s*(.*?)\s*\.\.\s*(.*?)\s*$/.exec(text)
  const wrong = (message: string) =>
    new UserError(`--find ${text}: ${message}`, [
      'write it like loss=0%..20%, delay=0ms..500ms, jitter=0ms..50ms or rate=1mbit..20mbit',
    ])
  if (!match) throw wrong('not a range of values')
  const [, name, ...ends] = match
  const knob = knobs.find((one) => one === name)
  if (!knob) throw wrong(`there is no ${name} to search for, only ${knobs.join(', ')}`)
  const [from = Number.NaN, to = Number.NaN] = ends.map((end) => parseEnd(knob, end, wrong))
  if (from === to) throw wrong('an empty range')
  if (from > to) throw wrong('the smaller value comes first')
  return { knob, from, to }
}

function parseEnd(knob: Knob, text: string, wrong: (message: string) => UserError): number {
  try {
    return facts[knob].parse(text)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    throw wrong(error.message)
  }
}

/**
 * Reads a single constraint that stands in place of a profile's name, `loss=5%`.
 * @returns the profile under which a search would try this value @throws UserError
 */
export function singleConstraint(text: string): Profile {
  const wrong = (message: string) =>
    new UserError(`${text}: ${message}`, [
      'a constraint of links is written like loss=5%, delay=50ms or rate=1mbit',
    ])
  const [name = '', value = ''] = text.split('=')
  const knob = knobs.find((one) => one === name)
  if (!knob) throw wrong(`there is no ${name} to set, only ${knobs.join(', ')}`)
  // A search knows the range, and varies its largest delay.
  if (knob === 'jitter') throw wrong('jitter needs a delay that it varies: write a profile with both')
  const at = parseEnd(knob, value, wrong)
  return probeProfile({ knob, from: at, to: at }, at)
}

/** The ends of a range, the one that asks less of a check first. */
export function endsOf({ knob, from, to }: Range): [mildest: number, harshest: number] {
  return facts[knob].lessIsHarsher ? [to, from] : [from, to]
}

/** Sorts values of a knob from mild to harsh. */
export function byHarshness(knob: Knob): (a: number, b: number) => number {
  return facts[knob].lessIsHarsher ? (a, b) => b - a : (a, b) => a - b
}

/** Digits of values that a search tries: finer ones would claim an exactness that few attempts do not have. */
const digits = 3

/**
 * A value between two others. Rates are spread over powers of ten, so theirs is the geometric mean.
 * @returns null when there is none with so few digits
 */
export function middleOf(knob: Knob, one: number, other: number): number | null {
  const middle = Number((knob === 'rate' ? Math.sqrt(one * other) : (one + other) / 2).toPrecision(digits))
  return Math.min(one, other) < middle && middle < Math.max(one, other) ? middle : null
}

/** How far apart two values are, to compare with others. */
export function widthBetween(knob: Knob, one: number, other: number): number {
  return Math.abs(knob === 'rate' ? Math.log(one / other) : one - other)
}

/** What values of a knob are in. */
export function unitOf(knob: Knob): string {
  return facts[knob].unit
}

/** The name of the profile under which a value is tried, such as `loss=6.25%`. */
export function probeName(knob: Knob, value: number): string {
  return `${knob}=${value}${facts[knob].suffix}`
}

/** @returns the value that a profile stands for; null when it is no probe of this knob */
export function probedValue(knob: Knob, profile: string): number | null {
  const { suffix } = facts[knob]
  const isProbe = profile.startsWith(`${knob}=`) && profile.endsWith(suffix)
  const value = isProbe ? Number(profile.slice(knob.length + 1, -suffix.length)) : Number.NaN
  return Number.isNaN(value) ? null : value
}

/** The profile under which a value is tried: every node sends through such a link. */
export function probeProfile(range: Range, value: number): Profile {
  const { knob } = range
  const constraint = { ...noConstraint, ...facts[knob].constraint(value, range) }
  return {
    name: probeName(knob, value),
    description: `${knob} of ${value} ${facts[knob].unit} on all that nodes send`,
    imitates: 'Nothing: a value that a search tries',
    source: 'The range that was asked for',
    links: [{ nodes: '*', on: { type: 'all' }, constraint }],
    limits: [],
    accelerator: null,
    timeoutFactor: 1,
  }
}
