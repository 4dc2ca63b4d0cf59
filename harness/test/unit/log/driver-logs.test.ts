import { expect, test } from 'vitest'
import { driverLog, driverLogNames, expectationOf, readFile } from '../../helpers/driver-logs.ts'
import { differences } from '../../helpers/expectation.ts'
import { eventsOf, reportOf } from '../../helpers/read-log.ts'

const names = driverLogNames()

test('there are logs of every generation and capture', () => {
  for (const part of ['2023-', '2025-', '2026-', '-tty', '-pipe', '-plain', '-unbuffered']) {
    expect(names.filter((name) => name.includes(part)).length, part).toBeGreaterThan(0)
  }
})

test.each(names)('%s is read as its script means it', (name) => {
  expect(differences(expectationOf(name), reportOf(eventsOf(driverLog(name))))).toEqual([])
})

test.each(names)('%s is the only test in its file', (name) => {
  const reports = readFile(driverLog(name))
  expect(reports).toHaveLength(1)
  expect(differences(expectationOf(name), reports[0] as never)).toEqual([])
})
