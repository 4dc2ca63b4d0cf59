import { expect, test } from 'vitest'
import type { Profile } from '../../../model/profile.ts'
import { instanceId } from '../../../plan/profiles.ts'
import { targetOf, underTheirProfiles, wordFor } from '../../../plan/targets.ts'
import { listed } from '../../helpers/checks.ts'

const profile = (name: string) => ({ name }) as Profile
const selected = ['a', 'b'].map((name) => ({ check: listed(name), namedExplicitly: true }))

test.each([
  ['a', 'a', null],
  ['a@lossy', 'a', 'lossy'],
  ['k3s-*@loss=5%', 'k3s-*', 'loss=5%'],
  ['a@b@lossy', 'a@b', 'lossy'],
  ['@lossy', '@lossy', null],
  ['a@', 'a@', null],
  ['a@b@', 'a@b', null],
  ['a@b@@', 'a@b@', null],
])('%s', (word, check, under) => {
  expect(targetOf(word)).toEqual({ check, profile: under })
})

test.each(['a', 'a@b', '@a', 'a@', '@', 'a@b@c', '@@', 'a@@'])('a check called %s can be named', (check) => {
  expect(targetOf(wordFor(check))).toEqual({ check, profile: null })
})

test.each([
  ['nothing', [], [null, 'lossy'], ['a', 'b']],
  ['one of them', ['a@lossy', 'b'], [null, 'lossy'], ['a@lossy', 'b']],
  ['the same twice', ['a@lossy', 'a'], [null, 'lossy'], ['a', 'a@lossy']],
  ['a glob', ['*@lossy', 'b'], [null, 'lossy'], ['a@lossy', 'b', 'b@lossy']],
  ['that of the run', ['a', 'b@lossy'], ['edge', 'lossy'], ['a@edge', 'b@lossy']],
  ['that of the run by name', ['a@edge', 'b'], ['edge'], ['a@edge', 'b@edge']],
])('profiles behind names: %s', (_, words, profiles, expected) => {
  const opened = profiles.map((name) => (name === null ? null : profile(name)))
  const found = underTheirProfiles(selected, words.map(targetOf), opened)
  expect(found.map((one) => instanceId(one.check.name, one.profile))).toEqual(expected)
})
