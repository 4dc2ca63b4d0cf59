import { expect, test } from 'vitest'
import type { SearchEnding } from '../../../model/sweep.ts'
import { searchExitCode } from '../../../sweep/exit-code.ts'

const found: SearchEnding = { type: 'found', milder: 5, harsher: 6 }
const never: SearchEnding = { type: 'never-passes' }
const broken: SearchEnding = { type: 'broken', value: 5, errors: 3, message: '' }
const impossible: SearchEnding = { type: 'impossible', value: 5, reason: '' }
const unfinished: SearchEnding = { type: 'unfinished', cutOff: false, milder: 5, harsher: 6 }

test.each([
  ['a threshold, and a check without one', 0, [found, { type: 'always-passes' }]],
  ['not even at the mildest value', 1, [found, broken, never]],
  ['the infrastructure', 4, [found, impossible, broken]],
  ['time was over', 5, [found, unfinished]],
  ['cannot be run', 5, [impossible]],
  ['nothing was searched', 5, []],
] as [string, number, SearchEnding[]][])('%s: %i', (_, code, endings) => {
  const results = endings.map((ending) => ({
    check: 'a',
    ending,
    points: [],
    attempts: 0,
    contradictions: [],
  }))
  expect(searchExitCode(results)).toBe(code)
})
