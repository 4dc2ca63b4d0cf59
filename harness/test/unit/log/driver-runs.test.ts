import { expect, test } from 'vitest'
import { driverLog } from '../../helpers/driver-logs.ts'
import { eventsOf, reportOf } from '../../helpers/read-log.ts'

const passed = driverLog('2025-a')
const failed = driverLog('2025-c')
const read = (...logs: Uint8Array[]) => reportOf(eventsOf(Buffer.concat(logs), 64 * 1024))

test('a failure of the second run of a driver counts, and points to its own assertion', () => {
  const [first, second, both] = [read(passed), read(failed), read(passed, failed)]
  expect(both.outcome).toBe('failed')
  expect(both.assertions).toHaveLength(first.assertions.length + second.assertions.length)
  expect(both.assertions.map(({ index }) => index)).toEqual(both.assertions.map((_, index) => index))
  const culprit = both.assertions[both.failure?.assertion ?? -1]
  expect(culprit?.text).toBe(second.assertions[second.failure?.assertion ?? -1]?.text)
})

test('a failure of the first run is not mended by a pass of the second', () => {
  expect(read(failed, passed)).toMatchObject({ outcome: 'failed', failure: read(failed).failure })
})

test('two passes are a pass of the same nodes', () => {
  const [one, both] = [read(passed), read(passed, passed)]
  expect(both.outcome).toBe('passed')
  expect(both.nodes.map(({ name }) => name)).toEqual(one.nodes.map(({ name }) => name))
  expect(both.nodes[0]?.consoleLines).toBe(2 * (one.nodes[0]?.consoleLines ?? 0))
})

test('a second run that is cut off proves nothing', () => {
  expect(read(passed, passed.subarray(0, passed.length / 2)).outcome).toBe('unknown')
})
