import { describe, expect, test } from 'vitest'
import { linkCommands } from '../../../profile/qdisc.ts'
import {
  byHarshness,
  endsOf,
  middleOf,
  parseFind,
  probedValue,
  probeName,
  probeProfile,
} from '../../../sweep/knob.ts'

describe('--find', () => {
  test.each([
    ['loss=0%..20%', { knob: 'loss', from: 0, to: 20 }],
    ['loss=0.07%..0.29%', { knob: 'loss', from: 0.07, to: 0.29 }],
    ['delay=0ms..1.5s', { knob: 'delay', from: 0, to: 1500 }],
    [' jitter = 1ms .. 20 ms ', { knob: 'jitter', from: 1, to: 20 }],
    ['rate=64kbit..10mbit', { knob: 'rate', from: 64, to: 10_000 }],
  ])('%s', (text, range) => {
    expect(parseFind(text)).toEqual(range)
  })

  test.each([
    ['loss', 'not a range of values'],
    ['loss=5%', 'not a range of values'],
    ['loss=0..20%', '"0" needs a unit'],
    ['loss=0%..20', '"20" needs a unit'],
    ['loss=0%..120%', '"120%" is more than 100%'],
    ['loss=20%..0%', 'the smaller value comes first'],
    ['delay=50ms..0.05s', 'an empty range'],
    ['delay=0ms..5kbit', 'kbit is no unit of this'],
    ['rate=0kbit..1mbit', '"0kbit" is not between 1kbit and 100gbit'],
    ['rate=1mbps..5mbps', 'may mean bits or bytes'],
    ['speed=1%..2%', 'there is no speed to search for, only loss, delay, jitter, rate'],
    ['constructor=1%..2%', 'there is no constructor'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFind(text)).toThrow(`--find ${text}: `)
    expect(() => parseFind(text)).toThrow(message)
  })
})

test('harsher is more of anything but rate', () => {
  expect(endsOf({ knob: 'loss', from: 0, to: 20 })).toEqual([0, 20])
  expect(endsOf({ knob: 'rate', from: 64, to: 1000 })).toEqual([1000, 64])
  expect([5, 10, 1].sort(byHarshness('rate'))).toEqual([10, 5, 1])
})

test('middles have three digits, or are none', () => {
  expect(middleOf('loss', 5, 7.5)).toBe(6.25)
  expect(middleOf('delay', 0, 100.1)).toBe(50)
  expect(middleOf('rate', 10_000, 100)).toBe(1000)
  expect(middleOf('loss', 6.25, 6.26)).toBe(null)
})

test('the name of a probe tells its value', () => {
  expect(probeName('loss', 6.25)).toBe('loss=6.25%')
  expect(probeName('rate', 316)).toBe('rate=316kbit')
  for (const value of [0, 0.001, 6.25, 1e-7])
    expect(probedValue('loss', probeName('loss', value))).toBe(value)
  expect(probedValue('loss', 'lossy')).toBe(null)
  expect(probedValue('loss', 'loss=x%')).toBe(null)
  expect(probedValue('loss', 'delay=5ms')).toBe(null)
})

describe('the profile of a probe', () => {
  const commands = (text: string, value: number) => {
    const [link] = probeProfile(parseFind(text), value).links
    if (!link) throw new Error('no link')
    return linkCommands('eth1', link.constraint)
      .apply.map((one) => one.join(' '))
      .join('\n')
  }

  test('puts the value on all that nodes send', () => {
    expect(probeProfile(parseFind('loss=0%..20%'), 5)).toMatchObject({
      name: 'loss=5%',
      links: [{ nodes: '*', on: { type: 'all' } }],
    })
    expect(commands('loss=0%..20%', 6.25)).toContain('loss random 6.25%')
    expect(commands('delay=0ms..1s', 12.5)).toContain('delay 12500us')
    expect(commands('rate=64kbit..1mbit', 64)).toContain('rate 64000bit')
  })

  test('zero is no constraint', () => {
    expect(commands('loss=0%..20%', 0)).not.toContain('netem')
    expect(commands('delay=0ms..1s', 0)).not.toContain('netem')
  })

  test('a jitter varies the same delay at every value', () => {
    expect(commands('jitter=0ms..20ms', 5)).toContain('delay 20000us 5000us')
    expect(commands('jitter=0ms..20ms', 0)).toMatch(/delay 20000us$/m)
  })
})
