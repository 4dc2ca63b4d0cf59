import { describe, expect, test } from 'vitest'
import { parseQueue, parseRate, parseShare, parseTime } from '../../../profile/units.ts'

describe('written units', () => {
  test.each([
    [parseTime, '50ms', 0.05],
    [parseTime, '1.5s', 1.5],
    [parseTime, '200us', 0.0002],
    [parseTime, '2m', 120],
    [parseTime, ' 50 ms ', 0.05],
    [parseTime, '0ms', 0],
    [parseTime, '50MS', 0.05],
    [parseRate, '20mbit', 20e6],
    [parseRate, '64kbit', 64e3],
    [parseRate, '1gbit', 1e9],
    [parseRate, '2.5 Mbit', 2.5e6],
    [parseRate, '1000bit', 1000],
    [parseShare, '0.1%', 0.001],
    [parseShare, '0%', 0],
    [parseShare, '100%', 1],
    [parseQueue, '100 packets', { unit: 'packets', amount: 100 }],
    [parseQueue, '1 packet', { unit: 'packets', amount: 1 }],
    [parseQueue, '64kB', { unit: 'bytes', amount: 64_000 }],
    [parseQueue, '64KiB', { unit: 'bytes', amount: 65_536 }],
    [parseQueue, '1514B', { unit: 'bytes', amount: 1514 }],
  ] as const)('%o reads %s', (parse, text, value) => {
    expect((parse as (text: string) => unknown)(text)).toEqual(value)
  })

  test.each([
    [parseTime, 50, '50 needs a unit: write it like "50ms" or "1.5s"'],
    [parseTime, '50', '"50" needs a unit: write it like "50ms" or "1.5s"'],
    [parseTime, '50 parsecs', 'parsecs is no unit of this: known are us, ms, s, m'],
    [parseTime, '-5ms', '"-5ms" is not a number with a unit: write it like "50ms" or "1.5s"'],
    [parseTime, '1e3ms', 'e3ms is no unit of this: known are us, ms, s, m'],
    [parseTime, '2000m', '"2000m" is more than 4000 s'],
    [parseTime, '5ms; reboot', '"5ms; reboot" is not a number with a unit: write it like "50ms" or "1.5s"'],
    [parseTime, null, 'null needs a unit: write it like "50ms" or "1.5s"'],
    [parseRate, '10mbps', '"10mbps" may mean bits or bytes: write mbit for bits'],
    [parseRate, '10Mbps', '"10Mbps" may mean bits or bytes: write mbit for bits'],
    [parseRate, '10bps', '"10bps" may mean bits or bytes: write bit for bits'],
    [parseRate, '0mbit', '"0mbit" is not between 1kbit and 100gbit'],
    [parseRate, '500bit', '"500bit" is not between 1kbit and 100gbit'],
    [parseRate, '1tbit', 'tbit is no unit of this: known are bit, kbit, mbit, gbit'],
    [parseShare, '120%', '"120%" is more than 100%'],
    [parseShare, 0.01, '0.01 needs a unit: write it like "0.1%"'],
    [parseShare, '1', '"1" needs a unit: write it like "0.1%"'],
    [parseShare, '', '"" is not a number with a unit: write it like "0.1%"'],
    [parseQueue, '0 packets', '"0 packets" is not a size of a queue'],
    [parseQueue, '1.5 packets', 'packets is no unit of this: known are B, kB, KiB, MB, MiB'],
    [parseQueue, '64', '"64" needs a unit: write it like "100 packets" or "64kB"'],
    [parseQueue, '99GB', 'GB is no unit of this: known are B, kB, KiB, MB, MiB'],
  ] as const)('%o refuses %j', (parse, value, message) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ name: 'BadValue', message }))
  })
})
