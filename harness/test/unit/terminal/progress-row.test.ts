import { expect, test } from 'vitest'
import type { Outcome } from '../../../model/outcome.ts'
import { columnsOf } from '../../../reporters/columns.ts'
import { createStyle } from '../../../reporters/style.ts'
import { formatClock, formatLeft } from '../../../terminal/clock.ts'
import { progressRow } from '../../../terminal/progress-row.ts'
import type { RunNumbers } from '../../../terminal/run-numbers.ts'
import { createWindowStatus } from '../../../terminal/window-status.ts'

const numbers: RunNumbers = {
  total: 12,
  ended: ['passed', 'failed', 'passed', 'errored', 'skipped'],
  running: 2,
  waiting: 5,
  interrupted: false,
  load: { memoryMiB: 3174, cores: 2, jobs: 2 },
}
const budget = { memoryMiB: 13_312, cores: 4, jobs: null }

function rowAt(columns: number, facts: Partial<RunNumbers> = {}, left: number | null = 190): string {
  const row = { numbers: { ...numbers, ...facts }, budget, elapsed: 72_000, left }
  return progressRow(row, { columns, rows: 24 }, createStyle(false))
}

test.each([
  [
    140,
    '1 failed · 1 errored · 2 passed · 1 skipped · 2 running · 5 waiting · 1:12 · ~4 min left · 3.1 GiB of 13 GiB · 2 of 4 cores',
  ],
  [
    110,
    '1 failed · 1 errored · 2 passed · 1 skipped · 2 running · 5 waiting · 1:12 · ~4 min left · 3.1 GiB of 13 GiB',
  ],
  [90, '1 failed · 1 errored · 2 passed · 1 skipped · 2 running · 5 waiting · 1:12 · ~4 min left'],
  [80, '2 not passed · 5/12 · 2 running · 1:12 · ~4 min left'],
  [50, '2 not passed · 5/12 · 2 running · ~4 min left'],
  [40, '2 not passed · 5/12 · ~4 min left'],
  [30, '2 not passed · 5/12 · 1:12'],
  [20, '2 not passed · 5/12'],
  [10, '5/12'],
  [3, '5/…'],
])('%i columns hold what matters most', (columns, text) => {
  expect(rowAt(columns)).toBe(text)
})

test('no number of columns is exceeded', () => {
  const widths = Array.from({ length: 150 }, (_, at) => at + 1)
  expect(widths.filter((columns) => columnsOf(rowAt(columns)) > columns)).toEqual([])
})

test('a run of which little is known says little', () => {
  const none: Partial<RunNumbers> = { total: 1, ended: [], running: 1, waiting: 0, load: null }
  expect(rowAt(80, none, null)).toBe('1 running · 1:12')
})

test('a run that is being stopped says so, and no more how long it takes', () => {
  expect(rowAt(60, { interrupted: true, ended: ['passed'] })).toBe(
    'stopping · 1 passed · 2 running · 5 waiting · 1:12',
  )
})

test('jobs limit where cores do not', () => {
  const row = { numbers, budget: { ...budget, cores: null, jobs: 3 }, elapsed: null, left: null }
  expect(progressRow(row, { columns: 200, rows: 24 }, createStyle(false))).toContain('2 of 3 jobs')
})

test.each([
  [0, '0:00'],
  [65_999, '1:05'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('%i ms on the clock are %s', (milliseconds, text) => {
  expect(formatClock(milliseconds)).toBe(text)
})

test.each([
  [0, 'almost done'],
  [3.2, '~5 s left'],
  [11, '~15 s left'],
  [21, '~30 s left'],
  [60, '~60 s left'],
  [61, '~2 min left'],
  [3540, '~59 min left'],
  [3541, '~1 h left'],
  [4400, '~1 h 20 min left'],
])('%d s to go are %s', (seconds, text) => {
  expect(formatLeft(seconds)).toBe(text)
})

test('the window hears of a change once, and nothing is left of it', () => {
  const window = createWindowStatus({ title: true, progress: true })
  expect(window.clear()).toBe('')
  const title = '\x1b]2;vmproof · 5/12 · 2 not passed\x1b\\'
  expect(window.tell(numbers)).toBe(`\x1b[22;2t${title}\x1b]9;4;2;41\x1b\\`)
  expect(window.tell(numbers)).toBe('')
  const better: Outcome[] = ['passed', 'passed', 'passed']
  expect(window.tell({ ...numbers, ended: better })).toBe('\x1b]2;vmproof · 3/12\x1b\\\x1b]9;4;1;25\x1b\\')
  expect(window.clear()).toBe('\x1b]2;\x1b\\\x1b[23;2t\x1b]9;4;0;0\x1b\\')
  expect(window.clear()).toBe('')
})
