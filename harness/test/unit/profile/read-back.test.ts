import { expect, test } from 'vitest'
import { constraintOf, noConstraint, type WrittenConstraint } from '../../../profile/constraint.ts'
import { differenceIn, expectedFacts, readBackLine, seenFacts } from '../../../profile/read-back.ts'
import { constraintWords } from '../../../profile/words.ts'

// What iproute2 6.1 showed on a real guest after each constraint.
const netem = (options: string) =>
  `[{"kind":"netem","handle":"10:","root":true,"refcnt":2,"options":{${options},"ecn":false,"gap":0}}]\n`
const htb = (rate: string, options: string) =>
  `[{"kind":"htb","handle":"1:","root":true,"refcnt":2,"options":{"r2q":10,"default":"0x1","direct_packets_stat":0,"direct_qlen":1000}},{"kind":"netem","handle":"10:","parent":"1:1","options":{${options},"ecn":false,"gap":0}}]\nclass htb 1:1 root leaf 10: prio 0 rate ${rate} ceil ${rate} burst 25000b cburst 25000b \n`

const shown: [WrittenConstraint, words: string, tc: string][] = [
  [
    { delay: '25ms', jitter: '5ms', distribution: 'normal' },
    'delay 25ms ±5ms normal',
    netem('"limit":3716,"delay":{"delay":0.025,"jitter":0.005,"correlation":0}'),
  ],
  [
    { delay: '0.2ms' },
    'delay 0.2ms',
    netem('"limit":1000,"delay":{"delay":0.0002,"jitter":0,"correlation":0}'),
  ],
  [
    { loss: '1%', duplication: '0.1%', corruption: '0.01%', delay: '280ms', reordering: '5%' },
    'delay 280ms, loss 1%, duplication 0.1%, reordering 5%, corruption 0.01%',
    '[{"kind":"netem","handle":"10:","root":true,"refcnt":2,"options":{"limit":23118,"delay":{"delay":0.28,"jitter":0,"correlation":0},"loss-random":{"loss":0.01,"correlation":0},"duplicate":{"duplicate":0.001,"correlation":0},"reorder":{"reorder":0.05,"correlation":0},"corrupt":{"corrupt":0.0001,"correlation":0},"ecn":false,"gap":1}}]\n',
  ],
  [
    { loss: { enter: '0.2%', leave: '20%', inside: '90%', outside: '0.5%' } },
    'bursts of loss (enter 0.2%, leave 20%)',
    netem('"limit":1000,"loss-gemodel":{"p":0.002,"r":0.2,"1-h":0.9,"1-k":0.005}'),
  ],
  [
    { loss: { average: '1%', correlation: '25%' } },
    'loss 1% correlated 25%',
    netem('"limit":1000,"loss-gemodel":{"p":0.0075,"r":0.7425,"1-h":1,"1-k":0}'),
  ],
  [
    { rate: '10mbit' },
    'rate 10mbit',
    '[{"kind":"tbf","handle":"1:","root":true,"refcnt":2,"options":{"rate":1250000,"burst":12500,"lat":40000}}]\nclass tbf 1:1 parent 1: \n',
  ],
  [
    { delay: '30ms', jitter: '5ms', loss: '1%', rate: '20mbit', queue: '256kB' },
    'delay 30ms ±5ms, loss 1%, rate 20mbit, queue 256kB',
    htb(
      '20Mbit',
      '"limit":253,"delay":{"delay":0.03,"jitter":0.005,"correlation":0},"loss-random":{"loss":0.01,"correlation":0}',
    ),
  ],
  [
    { delay: '30ms', rate: '64kbit' },
    'delay 30ms, rate 64kbit',
    htb('64Kbit', '"limit":33,"delay":{"delay":0.03,"jitter":0,"correlation":0}'),
  ],
  [{ outage: { every: '2s', lasts: '1s' } }, 'out for 1s of every 2s', netem('"limit":1000')],
  [
    { outage: { every: '2s', lasts: '500ms' } },
    'out for 500ms of every 2s',
    netem('"limit":1000,"loss-random":{"loss":1,"correlation":0}'),
  ],
]

test.each(shown)('%j is what tc shows of it', (written, words, tc) => {
  const constraint = constraintOf(written)
  expect(differenceIn(expectedFacts(constraint), seenFacts(tc) ?? {})).toBeNull()
  expect(constraintWords(constraint)).toBe(words)
})

test('no constraint shows itself as none of any other', () => {
  const lasting = shown.filter(([{ outage }]) => outage === undefined)
  for (const [index, [written]] of lasting.entries()) {
    const others = lasting.filter((_, other) => other !== index)
    for (const [, , tc] of others) {
      expect(differenceIn(expectedFacts(constraintOf(written)), seenFacts(tc) ?? {})).not.toBeNull()
    }
  }
})

test('nothing is constrained', () => {
  const bare = '[{"kind":"pfifo","handle":"8001:","root":true,"refcnt":2,"options":{"limit":1000}}]\n'
  expect(differenceIn(expectedFacts(noConstraint), seenFacts(bare) ?? {})).toBeNull()
  expect(constraintWords(noConstraint)).toBe('')
})

test('a difference is told with both numbers', () => {
  const expected = expectedFacts(constraintOf({ delay: '30ms' }))
  const seen = (tc: string) => differenceIn(expected, seenFacts(tc) ?? {})
  expect(seen(netem('"limit":2500,"delay":{"delay":0.02,"jitter":0}'))).toBe(
    'netem limit is 2500 instead of 2477',
  )
  expect(seen(netem('"limit":2477,"delay":{"delay":0.02,"jitter":0}'))).toBe(
    'netem delay.delay is 0.02 instead of 0.03',
  )
  expect(seen('[{"kind":"noqueue","handle":"0:","root":true,"options":{}}]\n')).toBe(
    'there is no qdisc netem',
  )
  const loss = netem('"limit":2477,"delay":{"delay":0.03,"jitter":0},"loss-random":{"loss":0.5}')
  expect(seen(loss)).toBe('netem loss-random.loss is 0.5 instead of 0')
})

test.each(['', 'sh: tc: not found', 'null', '{}', '[1', '\0'])('%j tells nothing', (text) => {
  expect(seenFacts(text)).toBeNull()
})

test.each([
  '[null, 3, {"kind": 7}]',
  '[{"kind":"netem","options":[]}]',
  '[{"kind":"netem","options":{"limit":{}}}]',
])('%s harms nobody', (text) => {
  expect(() => seenFacts(text)).not.toThrow()
})

test('an interface is a word of the shell', () => {
  expect(readBackLine('eth1')).toBe('tc -j qdisc show dev eth1 && echo && tc class show dev eth1')
})
