import { expect, test } from 'vitest'
import { failureLines, noStory } from '../../../reporters/failure-lines.ts'
import { createStyle } from '../../../reporters/style.ts'

const page = { style: createStyle(false), output: 2, console: 2, width: Number.POSITIVE_INFINITY }
const details = ['first', 'second', 'third', 'fourth']

test.each([
  ['evaluation', ['first', 'second', '… 2 more lines']],
  ['build', ['… 2 earlier lines', 'third', 'fourth']],
] as const)('of the details of an error in the %s the part that matters is kept', (kind, kept) => {
  const failure = { kind, message: 'no', node: null, traceback: [] }
  expect(failureLines({ ...noStory, failure, details }, page)).toEqual([
    'no',
    'details',
    ...kept.map((line) => `  │ ${line}`),
  ])
})
