import type { Accelerator } from './outcome.ts'

/**
 * How a varying delay is spread. `uniform`: anywhere between delay ± jitter. The others are tables of iproute2, whose
 * standard deviation is the jitter and whose ends lie at 4 times the jitter.
 */
export const delayDistributions = ['uniform', 'normal', 'pareto', 'paretonormal'] as const
/** One of `delayDistributions`. */
export type DelayDistribution = (typeof delayDistributions)[number]

/** One way: of what is sent, not of what comes back. */
export interface Delay {
  seconds: number
  /** 0: every packet is delayed alike. A varying delay reorders packets that follow each other closely. */
  jitterSeconds: number
  distribution: DelayDistribution
}

/** Which packets are lost; all numbers are fractions between 0 and 1. */
export type Loss =
  /** Each packet on its own. */
  | { type: 'random'; average: number }
  /** `correlation` is that of a packet's fate with the fate of the one before it. */
  | { type: 'correlated'; average: number; correlation: number }
  /**
   * The model of Gilbert and Elliott: before each packet a burst begins with the chance `enter`, or the one that is
   * going on ends with the chance `leave`. Packets are lost with the chance `inside` in a burst, `outside` elsewhere.
   */
  | { type: 'bursty'; enter: number; leave: number; inside: number; outside: number }

/** How much may wait for its turn on a link whose rate is limited; what comes on top is dropped. */
export interface QueueLimit {
  unit: 'packets' | 'bytes'
  amount: number
}

/** The link takes turns in being there and losing everything; it begins with being there. */
export interface Outage {
  everySeconds: number
  /** Less than everySeconds. */
  lastsSeconds: number
}

/** What happens to the packets that a node sends on a network interface. */
export interface Constraint {
  delay: Delay | null
  loss: Loss | null
  /** Fraction of packets that arrive twice. */
  duplication: number
  /** Fraction of packets that overtake the delayed ones: they are not delayed at all. */
  reordering: number
  /** Fraction of packets with one flipped bit; checksums turn most of them into losses. */
  corruption: number
  /** Bits per second, Ethernet headers included. */
  rate: number | null
  /** null: as much as fits into a round trip over the link, see profile/queue-sizes.ts. */
  queue: QueueLimit | null
  outage: Outage | null
}

/** Which of a node's interfaces are meant; never the one that leads to the host. */
export type InterfaceSelector =
  | { type: 'all' }
  | { type: 'interface'; name: string }
  | { type: 'vlan'; number: number }

/** A constraint and the links that it is put on. */
export interface ConstrainedLinks {
  /** Glob of node names, see profile/node-glob.ts. */
  nodes: string
  on: InterfaceSelector
  constraint: Constraint
}

/** What nodes get instead of what their check gives them; null: as the check has it. */
export interface NodeLimits {
  /** Glob of node names. */
  nodes: string
  memoryMiB: number | null
  cores: number | null
}

/** Named run conditions, as a file of `profiles/` describes them. */
export interface Profile {
  /** The file's name without `.toml`. */
  name: string
  /** One line for lists. */
  description: string
  /** What in the world behaves like this. */
  imitates: string
  /** Where the numbers come from. */
  source: string
  links: ConstrainedLinks[]
  limits: NodeLimits[]
  /** null: as the command line has it. */
  accelerator: Accelerator | null
  /** Timeouts of checks are multiplied by it. */
  timeoutFactor: number
}

/** One thing that is wrong with a profile's file. */
export interface ProfileIssue {
  /** Path as it was given. */
  file: string
  /** From 1. */
  line: number
  /** Such as `links[0].loss`; '' for the file as a whole. */
  field: string
  message: string
}
