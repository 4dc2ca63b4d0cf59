import { describe, expect, test } from 'vitest'
import type { Profile } from '../../../model/profile.ts'
import { constraintOf } from '../../../profile/constraint.ts'
import { constrainedInterfaces } from '../../../profile/links.ts'
import { issueLine, readProfile } from '../../../profile/read-profile.ts'

const place = { file: 'profiles/x.toml', name: 'x' }
/** Three lines that every profile has. */
const head = 'description = "d"\nimitates = "i"\nsource = "s"\n'

function profile(text: string): Profile {
  const read = readProfile(head + text, place)
  if (Array.isArray(read)) throw new Error(read.map(issueLine).join('\n'))
  return read
}

/** Complaints about a text that begins on line 4. */
function complaints(text: string): string[] {
  const read = readProfile(head + text, place)
  return Array.isArray(read) ? read.map(issueLine) : []
}

test('a whole profile', () => {
  const text = `
accelerator = "tcg"
timeout-factor = 1.5
[[links]]
nodes = "agent*"
interface = "eth1"
delay = "30ms"
[[links]]
nodes = "agent*"
interface = "eth2"
rate = "1mbit"
[[links]]
nodes = "!agent*"
vlan = 2
loss = "1%"
[[limits]]
nodes = "agent_?"
memory = "512M"
cores = 1
`
  expect(profile(text)).toEqual({
    name: 'x',
    description: 'd',
    imitates: 'i',
    source: 's',
    accelerator: 'tcg',
    timeoutFactor: 1.5,
    links: [
      {
        nodes: 'agent*',
        on: { type: 'interface', name: 'eth1' },
        constraint: constraintOf({ delay: '30ms' }),
      },
      {
        nodes: 'agent*',
        on: { type: 'interface', name: 'eth2' },
        constraint: constraintOf({ rate: '1mbit' }),
      },
      { nodes: '!agent*', on: { type: 'vlan', number: 2 }, constraint: constraintOf({ loss: '1%' }) },
    ],
    limits: [{ nodes: 'agent_?', memoryMiB: 512, cores: 1 }],
  })
})

test('what is not said', () => {
  expect(profile('[[links]]\ndelay = "1ms"')).toMatchObject({
    accelerator: null,
    timeoutFactor: 1,
    links: [{ nodes: '*', on: { type: 'all' } }],
    limits: [],
  })
})

test('the links of a check that a profile constrains', () => {
  const { links } = profile(
    '[[links]]\nnodes = "a*"\nvlan = 2\ndelay = "1ms"\n[[links]]\nnodes = "!a*"\nrate = "1mbit"',
  )
  const cards = [
    { node: 'alpha', interface: 'eth1', vlan: 1 },
    { node: 'alpha', interface: 'eth2', vlan: 2 },
    { node: 'beta', interface: 'eth1', vlan: 1 },
  ]
  expect(constrainedInterfaces({ links }, cards)).toEqual([
    { ...cards[1], constraint: constraintOf({ delay: '1ms' }) },
    { ...cards[2], constraint: constraintOf({ rate: '1mbit' }) },
  ])
})

describe('what is wrong is told with file, line and field', () => {
  test.each<[string, string, string[]]>([
    ['a loss of 120 %', '[[links]]\nloss = "120%"', ['5: links[0].loss: "120%" is more than 100%']],
    [
      'an unknown unit',
      '[[links]]\n\n# slow\nrate = "10mips"',
      ['7: links[0].rate: mips is no unit of this: known are bit, kbit, mbit, gbit'],
    ],
    [
      'an unknown key',
      '[[links]]\ndelya = "5ms"\nloss = "1%"',
      ['5: links[0].delya: there is no delya: did you mean delay?'],
    ],
    [
      'an unknown key far from all others',
      'colour = "red"',
      [
        '4: colour: there is no colour: known are description, imitates, source, links, limits, accelerator, timeout-factor',
      ],
    ],
    [
      'jitter without delay',
      '[[links]]\njitter = "5ms"',
      ['5: links[0].jitter: jitter needs a delay that it varies'],
    ],
    [
      'more jitter than delay',
      '[[links]]\ndelay = "5ms"\njitter = "6ms"',
      ['6: links[0].jitter: jitter is more than the delay: no packet arrives before it was sent'],
    ],
    [
      'a distribution of nothing',
      '[[links]]\ndelay = "5ms"\ndistribution = "normal"',
      ['6: links[0].distribution: a distribution needs a jitter'],
    ],
    [
      'an unknown distribution',
      '[[links]]\ndelay = "5ms"\njitter = "1ms"\ndistribution = "gauss"',
      ['7: links[0].distribution: "gauss" is none of uniform, normal, pareto, paretonormal'],
    ],
    [
      'reordering without delay',
      '[[links]]\nreordering = "5%"',
      ['5: links[0].reordering: reordering needs a delay: it lets packets overtake those that are delayed'],
    ],
    [
      'a queue without a rate',
      '[[links]]\nqueue = "5 packets"\ndelay = "1ms"',
      ['5: links[0].queue: a queue needs a rate: without one, nothing waits'],
    ],
    [
      'a burst without its half',
      '[[links]]\nloss = { enter = "1%" }',
      ['5: links[0].loss.leave: is missing'],
    ],
    [
      'a burst that never ends',
      '[[links]]\n[links.loss]\nenter = "1%"\nleave = "0%"',
      ['7: links[0].loss.leave: a burst that never ends: give it a chance to end'],
    ],
    [
      'an outage for ever',
      '[[links]]\noutage = { every = "2s", lasts = "2s" }',
      [
        '5: links[0].outage.lasts: an outage that lasts as long as its interval: the link would never be there',
      ],
    ],
    [
      'an outage too short for a sleep',
      '[[links]]\noutage = { every = "2s", lasts = "50ms" }',
      ['5: links[0].outage.lasts: "50ms" is less than 100ms'],
    ],
    [
      'links without a constraint',
      '[[links]]\nnodes = "*"',
      [
        '5: links[0].nodes: no constraint: give one of delay, jitter, distribution, loss, duplication, reordering, corruption, rate, queue, outage',
      ],
    ],
    [
      'an interface and a vlan',
      '[[links]]\ninterface = "eth1"\nvlan = 1\nloss = "1%"',
      ['6: links[0].vlan: give either an interface or a vlan'],
    ],
    [
      'an interface that is an option',
      '[[links]]\ninterface = "-batch"\nloss = "1%"',
      ['5: links[0].interface: "-batch" is not a name of a network interface'],
    ],
    [
      'a vlan that is none',
      '[[links]]\nvlan = 0\nloss = "1%"',
      ['5: links[0].vlan: 0 is not a whole number from 1 to 254'],
    ],
    [
      'a glob that is none',
      '[[links]]\nnodes = "a[b]"\nloss = "1%"',
      [
        '5: links[0].nodes: "a[b]" is not a glob of node names: letters, digits, _, -, * and ?, and ! in front for all others',
      ],
    ],
    ['links as a table', '[links]\nloss = "1%"', ['4: links: write each as a table of its own: [[links]]']],
    ['links as texts', 'links = ["a"]', ['4: links[0]: "a" is not a table']],
    [
      'memory without a unit',
      '[[limits]]\nmemory = 512',
      ['5: limits[0].memory: 512 is not an amount of memory: write it like "256M" or "2G"'],
    ],
    [
      'half a core',
      '[[limits]]\ncores = 0.5',
      ['5: limits[0].cores: 0.5 is not a whole number from 1 to 64'],
    ],
    ['a shorter timeout', 'timeout-factor = 0.5', ['4: timeout-factor: 0.5 is not a number from 1 to 100']],
    [
      'an accelerator that is none',
      'accelerator = "fast"',
      ['4: accelerator: "fast" is none of kvm, tcg, hvf'],
    ],
  ])('%s', (_, text, expected) => {
    expect(complaints(text).map((line) => line.replace(/ no constraint.*/, ''))).toEqual(
      expect.arrayContaining(
        expected.map((line) => `profiles/x.toml:${line.replace(/ no constraint.*/, '')}`),
      ),
    )
  })

  test('all of it at once, by line', () => {
    const text = '[[links]]\nloss = "120%"\ndelay = 5\n[[links]]\nnodes = "b"\nvlna = 1\nrate = "1"'
    expect(complaints(text).map((line) => line.split(':').slice(1, 3).join(':'))).toEqual([
      '5: links[0].loss',
      '6: links[0].delay',
      '8: links[1].nodes',
      '9: links[1].vlna',
      '10: links[1].rate',
    ])
  })

  test('what every profile must say', () => {
    expect((readProfile('', place) as { field: string }[]).map(({ field }) => field)).toEqual([
      'description',
      'imitates',
      'source',
    ])
  })

  test('broken TOML', () => {
    expect(complaints('[[links]\nloss = "1%"')).toEqual([
      expect.stringMatching(/^profiles\/x\.toml:[45]: not valid TOML: /),
    ])
    expect(complaints('description = "again"')).toEqual([
      expect.stringMatching(/^profiles\/x\.toml:4: not valid TOML: /),
    ])
  })
})

describe('overlapping links', () => {
  const two = (one: string, other: string) =>
    complaints(`[[links]]\n${one}\nloss = "1%"\n[[links]]\n${other}\nloss = "1%"`)

  test.each([
    ['nodes = "*"', 'nodes = "agent*"'],
    ['nodes = "a*"', 'nodes = "*a"'],
    ['nodes = "!a*"', 'nodes = "!b*"'],
    ['nodes = "a?"', 'nodes = "?b"\nvlan = 1'],
    ['vlan = 1', 'vlan = 1'],
    ['vlan = 1', 'interface = "eth2"'],
  ])('%j and %j', (one, other) => {
    const [first, ...rest] = two(one, other)
    expect(first).toMatch(
      /^profiles\/x\.toml:\d+: links\[1\]\.nodes: overlaps links\[0\]: a node of the name \w+ /,
    )
    expect(rest).toEqual([])
  })

  test.each([
    ['nodes = "a*"', 'nodes = "b*"'],
    ['nodes = "server*"', 'nodes = "!server*"'],
    ['nodes = "a?"', 'nodes = "a??"'],
    ['vlan = 1', 'vlan = 2'],
    ['interface = "eth1"', 'interface = "eth2"'],
  ])('not %j and %j', (one, other) => expect(two(one, other)).toEqual([]))

  test('each is told once, with the name of a node', () => {
    expect(two('nodes = "x*"', 'nodes = "*1"')).toEqual([
      'profiles/x.toml:8: links[1].nodes: overlaps links[0]: a node of the name x1 would get both constraints',
    ])
  })
})

test('a constraint in a program is refused with all that is wrong', () => {
  expect(() => constraintOf({ jitter: '5ms', rate: '5' })).toThrow(
    expect.objectContaining({
      name: 'UserError',
      hints: [
        'jitter: jitter needs a delay that it varies',
        'rate: "5" needs a unit: write it like "20mbit" or "64kbit"',
      ],
    }),
  )
})
