import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { constraintOf, type WrittenConstraint } from '../../../profile/constraint.ts'
import { averageLoss, linkCommands, releaseCommands, shellLine } from '../../../profile/qdisc.ts'
import { constrainLine, releaseLine } from '../../../profile/shell.ts'

/** What `tc` gets behind `qdisc|class replace dev eth1`, once the interface is reset. */
function qdiscs(written: WrittenConstraint): string[] {
  const [segments, reset, ...rest] = linkCommands('eth1', constraintOf(written)).apply.map((one) =>
    one.join(' '),
  )
  expect(segments).toBe('ip link set dev eth1 gso_max_segs 1')
  expect(reset).toBe('tc qdisc replace dev eth1 root pfifo')
  return rest.map((line) => line.replace('replace dev eth1 ', ''))
}

const netem = (rest: string) => [`tc qdisc root handle 10: netem ${rest}`]

describe('netem alone', () => {
  test.each<[string, WrittenConstraint, string]>([
    ['delay', { delay: '50ms' }, 'limit 4129 delay 50000us'],
    ['a delay below a microsecond', { delay: '0.5us' }, 'limit 1000 delay 0.5us'],
    ['uniform jitter', { delay: '10ms', jitter: '5ms' }, 'limit 2477 delay 10000us 5000us'],
    [
      'jitter by a table',
      { delay: '50ms', jitter: '10ms', distribution: 'paretonormal' },
      'limit 7431 delay 50000us 10000us distribution paretonormal',
    ],
    ['random loss', { loss: '0.1%' }, 'limit 1000 loss random 0.1%'],
    ['a share that binary fractions cannot hold', { loss: '7%' }, 'limit 1000 loss random 7%'],
    ['a tiny share', { loss: '0.00001%' }, 'limit 1000 loss random 0.00001%'],
    ['all is lost', { loss: '100%' }, 'limit 1000 loss random 100%'],
    ['bursty loss', { loss: { enter: '0.2%', leave: '20%' } }, 'limit 1000 loss gemodel 0.2% 20% 100% 0%'],
    [
      'bursty loss with all four numbers',
      { loss: { enter: '1%', leave: '20%', inside: '80%', outside: '0.1%' } },
      'limit 1000 loss gemodel 1% 20% 80% 0.1%',
    ],
    [
      'correlated loss',
      { loss: { average: '5%', correlation: '25%' } },
      'limit 1000 loss gemodel 3.75% 71.25% 100% 0%',
    ],
    [
      'everything at once',
      { delay: '20ms', loss: '1%', duplication: '2%', corruption: '3%', reordering: '4%' },
      'limit 1652 delay 20000us loss random 1% duplicate 2% corrupt 3% reorder 4%',
    ],
  ])('%s', (_, written, rest) => expect(qdiscs(written)).toEqual(netem(rest)))

  test('what is nothing becomes nothing', () => {
    expect(qdiscs({ delay: '0ms', loss: '0%', duplication: '0%' })).toEqual([])
  })
})

test('a rate alone is tbf, with a bucket for a late timer and a queue', () => {
  expect(qdiscs({ rate: '20mbit' })).toEqual([
    'tc qdisc root handle 1: tbf rate 20000000bit burst 25000 limit 125000',
  ])
  expect(qdiscs({ rate: '64kbit' })).toEqual([
    'tc qdisc root handle 1: tbf rate 64000bit burst 3028 limit 48448',
  ])
  expect(qdiscs({ rate: '10mbit', queue: '64kB' })).toEqual([
    'tc qdisc root handle 1: tbf rate 10000000bit burst 12500 limit 64000',
  ])
  expect(qdiscs({ rate: '10mbit', queue: '100 packets' })[0]).toMatch(/ limit 151400$/)
  expect(qdiscs({ rate: '10mbit', queue: '1B' })[0]).toMatch(/ limit 1514$/)
})

test('a rate and anything else is netem as the leaf of htb', () => {
  const edge = { delay: '30ms', jitter: '5ms', distribution: 'normal', loss: '1%', rate: '20mbit' } as const
  expect(qdiscs(edge)).toEqual([
    'tc qdisc root handle 1: htb default 1',
    'tc class parent 1: classid 1:1 htb rate 20000000bit ceil 20000000bit burst 25000 cburst 25000 quantum 1514',
    // 83 frames are 50 ms under way, 100 wait: 60 ms, a round trip over two such links.
    'tc qdisc parent 1:1 handle 10: netem limit 183 delay 30000us 5000us distribution normal loss random 1%',
  ])
})

test('a queue in packets comes on top of what is under way', () => {
  expect(qdiscs({ delay: '30ms', rate: '20mbit', queue: '10 packets' }).at(-1)).toContain(' limit 60 ')
  expect(qdiscs({ delay: '30ms', rate: '20mbit', queue: '3028B' }).at(-1)).toContain(' limit 52 ')
})

test('no limit is less than what is under way: netem would drop it without a word', () => {
  for (const delay of ['1ms', '20ms', '280ms', '4s']) {
    for (const rate of ['64kbit', '1mbit', '20mbit', '1gbit']) {
      const limit = Number(/limit (\d+)/.exec(qdiscs({ delay, rate }).at(-1) ?? '')?.[1])
      const underWay = (constraintOf({ rate }).rate ?? 0) * (constraintOf({ delay }).delay?.seconds ?? 0)
      expect(limit * 1514 * 8, `${delay} at ${rate}`).toBeGreaterThan(underWay)
    }
  }
})

describe('averages of losses', () => {
  const average = (loss: WrittenConstraint['loss']) =>
    averageLoss(constraintOf(loss === undefined ? {} : { loss }).loss)
  test('of each kind', () => {
    expect(average(undefined)).toBe(0)
    expect(average('5%')).toBe(0.05)
    expect(average({ average: '5%', correlation: '25%' })).toBe(0.05)
    expect(average({ enter: '1%', leave: '19%' })).toBeCloseTo(0.05, 12)
    expect(average({ enter: '1%', leave: '19%', inside: '50%', outside: '10%' })).toBeCloseTo(0.12, 12)
    expect(average({ enter: '0%', leave: '20%', outside: '3%' })).toBe(0.03)
  })

  test('a correlated loss keeps its average and its correlation as a chain of two states', () => {
    const [line = ''] = qdiscs({ loss: { average: '5%', correlation: '25%' } })
    const [enter = 0, leave = 0] = [...line.matchAll(/([\d.]+)%/g)].map(
      ([, percent]) => Number(percent) / 100,
    )
    expect(enter / (enter + leave)).toBeCloseTo(0.05, 9)
    expect(1 - enter - leave).toBeCloseTo(0.25, 9)
  })
})

describe('the shell form', () => {
  test('is one line that stops at the first failure', () => {
    const line = constrainLine('eth1', constraintOf({ delay: '50ms' }))
    expect(line).not.toContain('\n')
    expect(line).toMatch(
      /fi; ip link set dev eth1 gso_max_segs 1 && tc qdisc replace dev eth1 root pfifo && tc qdisc replace /,
    )
    expect(releaseLine('eth1')).toMatch(
      /pfifo && tc qdisc del dev eth1 root && ip link set dev eth1 gso_max_segs 65535$/,
    )
  })

  test('quotes whatever is no plain word, for a real shell', () => {
    const hostile = ["a'b", '$(reboot)', 'x y', '`id`', '"', '\\', '', '*', 'a;b', "'", '\n']
    const line = shellLine([['printf', '%s|', ...hostile]])
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(
      hostile.map((word) => `${word}|`).join(''),
    )
  })

  test('every line of every kind is understood by a real shell, whatever the interface is called', () => {
    for (const dev of ['eth1', "e'$(id)"]) {
      for (const line of [
        constrainLine(dev, constraintOf({ rate: '1mbit', outage: { every: '20s', lasts: '2s' } })),
        releaseLine(dev),
      ]) {
        execFileSync('sh', ['-n', '-c', line])
      }
    }
    const words = execFileSync('sh', [
      '-c',
      `set -- ${releaseCommands("e'$(id)")
        .map((one) => shellLine([one]))
        .join(' ')}; echo "$5"`,
    ])
    expect(String(words)).toBe("e'$(id)\n")
  })
})

describe('outages', () => {
  const outage = { every: '20s', lasts: '2s' }

  test('are a netem that loses all for a while, and then what it lost before', () => {
    expect(linkCommands('eth1', constraintOf({ loss: '1%', outage })).outage).toEqual({
      down: 'tc qdisc change dev eth1 root handle 10: netem limit 1000 loss random 100%'.split(' '),
      up: 'tc qdisc change dev eth1 root handle 10: netem limit 1000 loss random 1%'.split(' '),
    })
  })

  test('need a netem even where nothing else does', () => {
    expect(qdiscs({ outage })).toEqual(netem('limit 1000'))
    expect(qdiscs({ outage, rate: '1mbit' }).at(-1)).toBe('tc qdisc parent 1:1 handle 10: netem limit 32')
  })

  test('are a loop in the guest that the next constraint ends', () => {
    const line = constrainLine('eth1', constraintOf({ outage: { every: '1s', lasts: '0.9s' } }))
    expect(line).toMatch(/^if \[ -e \/run\/vmproof-outages-eth1 \]; then kill /)
    expect(line).toContain('( while sleep 0.1; do tc qdisc change dev eth1 ')
    expect(line).toContain('; sleep 0.9; ')
    expect(line).toMatch(/& echo \$! > \/run\/vmproof-outages-eth1; }$/)
  })
})
