import type { WrittenConstraint } from '../../harness/profile/constraint.ts'

/** Constraints that the benchmark puts on a link, by the names of its figures. */
export const fidelitySettings: Record<string, WrittenConstraint> = {
  'delay-5ms': { delay: '5ms' },
  'delay-20ms': { delay: '20ms' },
  'delay-50ms': { delay: '50ms' },
  'delay-200ms': { delay: '200ms' },
  'jitter-uniform': { delay: '30ms', jitter: '10ms' },
  'jitter-normal': { delay: '50ms', jitter: '10ms', distribution: 'normal' },
  'loss-0.1%': { loss: '0.1%' },
  'loss-1%': { loss: '1%' },
  'loss-5%': { loss: '5%' },
  'loss-20%': { loss: '20%' },
  'loss-correlated': { loss: { average: '5%', correlation: '25%' } },
  'loss-bursty': { loss: { enter: '0.2%', leave: '20%' } },
  'rate-1mbit': { rate: '1mbit' },
  'rate-10mbit': { rate: '10mbit' },
  'rate-20mbit': { rate: '20mbit' },
  'rate-50mbit': { rate: '50mbit' },
  edge: { delay: '30ms', jitter: '5ms', distribution: 'normal', loss: '1%', rate: '20mbit' },
}

/** How long is measured: bursts of pings, packets that may be lost, seconds of a transfer. */
export const samples = {
  bursts: 4,
  pings: { count: 500, everySeconds: 0.005 },
  packets: 30_000,
  seconds: 10,
}
