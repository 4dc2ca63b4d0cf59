import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTarget } from '../../../commands/place.ts'
import { type Config, defaultConfig } from '../../../model/config.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

function config(facts: Partial<Config> = {}): Config {
  return { ...defaultConfig('/project'), ...facts }
}

test.each([
  ['the command line', { flake: 'github:a/b' }, config({ flake: '.' }), { type: 'flake', ref: 'github:a/b' }],
  ['a file', { file: 'x.nix', attr: 'tests' }, config(), { type: 'file', file: 'x.nix', attr: 'tests' }],
  ["the configuration's flake", {}, config({ flake: './sub' }), { type: 'flake', ref: '/project/sub' }],
  ["the configuration's folder", {}, config({ flake: '.' }), { type: 'flake', ref: '/project' }],
  ['a flake from elsewhere', {}, config({ flake: 'nixpkgs' }), { type: 'flake', ref: 'nixpkgs' }],
  [
    "the configuration's file",
    {},
    config({ file: 'tests.nix', attr: 'all' }),
    { type: 'file', file: '/project/tests.nix', attr: 'all' },
  ],
  [
    'another attribute of it',
    { attr: 'some' },
    config({ file: 'tests.nix', attr: 'all' }),
    { type: 'file', file: '/project/tests.nix', attr: 'some' },
  ],
])('checks come from %s', (_, args, configured, target) => {
  expect(findTarget(args, configured, '/nowhere')).toEqual(target)
})

test('without a word, from the flake that encloses the working folder', () => {
  const top = scratchFolder()
  const deep = join(top, 'a/b')
  mkdirSync(deep, { recursive: true })
  writeFileSync(join(top, 'flake.nix'), '')
  expect(findTarget({}, config(), deep)).toEqual({ type: 'flake', ref: top })
})

test('a flake beyond the repository is not meant', () => {
  const top = scratchFolder()
  const inner = join(top, 'repository/a')
  mkdirSync(inner, { recursive: true })
  mkdirSync(join(top, 'repository/.git'))
  writeFileSync(join(top, 'flake.nix'), '')
  expect(() => findTarget({}, config(), inner)).toThrow(/there is no flake\.nix in .* or above it/)
})

test.each([
  ['two places', { flake: '.', file: 'x.nix' }, /only one place/],
  ['an attribute of nothing', { attr: 'tests' }, /--attr: needs --file/],
])('refuses %s', (_, args, message) => {
  expect(() => findTarget(args, config(), '/')).toThrow(message)
})
