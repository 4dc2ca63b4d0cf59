import {
  type Constraint,
  type Delay,
  type DelayDistribution,
  delayDistributions,
  type Loss,
  type Outage,
} from '../model/profile.ts'
import { UserError } from '../model/user-error.ts'
import { type FieldIssue, FieldTable, oneOf } from './field-table.ts'
import { BadValue, parseQueue, parseRate, parseShare, parseTime, shown } from './units.ts'

/** A share of packets, or a loss that has a memory: see Loss in model/profile.ts. */
export type WrittenLoss =
  | string
  | { average: string; correlation: string }
  | { enter: string; leave: string; inside?: string; outside?: string }

/** A constraint as people write it, in a profile's file and in suites: every value with its unit. */
export interface WrittenConstraint {
  /** Such as `50ms`; one way, and only of what is sent. */
  delay?: string
  /** Such as `10ms`; needs a delay. */
  jitter?: string
  /** Default `uniform`. */
  distribution?: DelayDistribution
  /** Such as `0.1%`. */
  loss?: WrittenLoss
  duplication?: string
  /** Needs a delay, which the reordered packets do not have. */
  reordering?: string
  corruption?: string
  /** Such as `20mbit`. */
  rate?: string
  /** Such as `100 packets` or `64kB`; needs a rate. */
  queue?: string
  /** The link is gone for `lasts` at the end of each `every`. */
  outage?: { every: string; lasts: string }
}

/** Keys of a written constraint. */
export const constraintKeys = [
  ...['delay', 'jitter', 'distribution', 'loss', 'duplication', 'reordering', 'corruption'],
  ...['rate', 'queue', 'outage'],
] as const

/** A constraint that changes nothing. */
export const noConstraint: Constraint = {
  delay: null,
  loss: null,
  duplication: 0,
  reordering: 0,
  corruption: 0,
  rate: null,
  queue: null,
  outage: null,
}

/** Reads a constraint that stands in a program. @throws UserError that names each wrong field */
export function constraintOf(written: WrittenConstraint): Constraint {
  const issues: FieldIssue[] = []
  const constraint = readConstraint(new FieldTable(written, constraintKeys, { path: [], issues }))
  if (issues.length === 0) return constraint
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new UserError('not a constraint that a link can have', lines)
}

/** Reads the fields of a constraint and what must hold between them. */
export function readConstraint(fields: FieldTable): Constraint {
  const share = (key: string) => fields.read(key, parseShare, 0)
  const constraint: Constraint = {
    delay: readDelay(fields),
    loss: readLoss(fields),
    duplication: share('duplication'),
    reordering: share('reordering'),
    corruption: share('corruption'),
    rate: fields.read('rate', parseRate, null),
    queue: fields.read('queue', parseQueue, null),
    outage: readOutage(fields),
  }
  if (fields.has('queue') && !fields.has('rate')) {
    fields.complain('queue', 'a queue needs a rate: without one, nothing waits')
  }
  if (fields.has('reordering') && !fields.has('delay')) {
    fields.complain('reordering', 'reordering needs a delay: it lets packets overtake those that are delayed')
  }
  return constraint
}

function readDelay(fields: FieldTable): Delay | null {
  const seconds = fields.read('delay', parseTime, 0)
  const jitterSeconds = fields.read('jitter', parseTime, 0)
  const distribution = fields.read('distribution', oneOf(delayDistributions), 'uniform')
  if (fields.has('jitter') && !fields.has('delay')) {
    fields.complain('jitter', 'jitter needs a delay that it varies')
  } else if (jitterSeconds > seconds && fields.has('delay')) {
    fields.complain('jitter', 'jitter is more than the delay: no packet arrives before it was sent')
  }
  if (fields.has('distribution') && !fields.has('jitter')) {
    fields.complain('distribution', 'a distribution needs a jitter')
  }
  return seconds === 0 ? null : { seconds, jitterSeconds, distribution }
}

function readLoss(fields: FieldTable): Loss | null {
  const value = fields.read('loss', (written) => written, null)
  if (value === null) return null
  if (typeof value !== 'object') {
    const average = fields.read('loss', parseShare, 0)
    return average === 0 ? null : { type: 'random', average }
  }
  return 'average' in value || 'correlation' in value ? readCorrelated(fields) : readBursty(fields)
}

function readCorrelated(fields: FieldTable): Loss {
  const keys = ['average', 'correlation']
  const table = requiring(fields.table('loss', keys), keys)
  return {
    type: 'correlated',
    average: table.read('average', parseShare, 0),
    correlation: table.read('correlation', parseShare, 0),
  }
}

function readBursty(fields: FieldTable): Loss {
  const table = requiring(fields.table('loss', ['enter', 'leave', 'inside', 'outside']), ['enter', 'leave'])
  const leave = table.read('leave', parseShare, 1)
  if (leave === 0) table.complain('leave', 'a burst that never ends: give it a chance to end')
  return {
    type: 'bursty',
    enter: table.read('enter', parseShare, 0),
    leave,
    inside: table.read('inside', parseShare, 1),
    outside: table.read('outside', parseShare, 0),
  }
}

function readOutage(fields: FieldTable): Outage | null {
  if (!fields.has('outage')) return null
  const keys = ['every', 'lasts']
  const table = requiring(fields.table('outage', keys), keys)
  const outage = {
    everySeconds: table.read('every', parseOutageTime, 2),
    lastsSeconds: table.read('lasts', parseOutageTime, 1),
  }
  if (outage.lastsSeconds >= outage.everySeconds) {
    table.complain('lasts', 'an outage that lasts as long as its interval: the link would never be there')
  }
  return outage
}

/** A guest's sleep is not more exact than this. */
function parseOutageTime(value: unknown): number {
  const seconds = parseTime(value)
  if (seconds < 0.1) throw new BadValue(`${shown(value)} is less than 100ms`)
  return seconds
}

function requiring(fields: FieldTable, keys: string[]): FieldTable {
  for (const one of keys) if (!fields.has(one)) fields.complain(one, 'is missing')
  return fields
}
