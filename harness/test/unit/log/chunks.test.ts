import { describe, expect, test } from 'vitest'
import { driverLog } from '../../helpers/driver-logs.ts'
import { seededRandom } from '../../helpers/random.ts'
import { eventsOf } from '../../helpers/read-log.ts'

/** Several lines in a command, a failing subtest, two nodes in turns, a terminal's line ends, glued lines. */
const samples = [
  '2025-l',
  '2025-l-plain',
  '2023-f3-succeed-in-subtest-tty',
  '2026-f2',
  '2025-print-noeol-unbuffered',
]

describe.each(samples)('%s', (name) => {
  const bytes = driverLog(name)
  const whole = eventsOf(bytes)

  test.each([1, 7, 64, 4096])('in cuts of %i bytes gives the same events', (size) => {
    expect(eventsOf(bytes, size)).toEqual(whole)
  })

  test('in random cuts gives the same events', () => {
    const random = seededRandom(bytes.length)
    for (let round = 0; round < 5; round++) {
      expect(eventsOf(bytes, 1 + Math.floor(random() * 10_000))).toEqual(whole)
    }
  })
})

test('an assertion is told when it ends, not when the log does', () => {
  const bytes = driverLog('2026-a')
  const half = eventsOf(bytes.subarray(0, bytes.lastIndexOf('test script finished')))
  const ended = half.filter(({ type }) => type === 'assertionEnded')
  expect(ended.length).toBe(eventsOf(bytes).filter(({ type }) => type === 'assertionEnded').length)
})
