import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPlaces } from '../../../commands/place.ts'
import { type Config, defaultConfig } from '../../../model/config.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

function config(facts: Partial<Config> = {}): Config {
  return { ...defaultConfig('/project'), ...facts }
}

/** A folder with these folders and empty files in it; a folder's name ends with a slash. */
function tree(...paths: string[]): string {
  const top = scratchFolder()
  for (const path of paths) {
    mkdirSync(join(top, path.endsWith('/') ? path : join(path, '..')), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(join(top, path), '')
  }
  return top
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
])('checks of Nix come from %s', (_, args, configured, target) => {
  expect(findPlaces(args, configured, '/nowhere')).toEqual({ nixos: target, vm: null })
})

test.each([
  ['the command line', { suites: 'x' }, config({ suites: ['y'] }), ['/nowhere/x']],
  ['the configuration', {}, config({ suites: ['y', 'z'] }), ['/project/y', '/project/z']],
])('suites come from %s', (_, args, configured, folders) => {
  expect(findPlaces(args, configured, '/nowhere')).toEqual({ nixos: null, vm: { folders, isNamed: true } })
})

test('without a word, both come from the project that encloses the working folder', () => {
  const top = tree('flake.nix', 'suites/vm/', 'a/b/')
  expect(findPlaces({}, config(), join(top, 'a/b'))).toEqual({
    nixos: { type: 'flake', ref: top },
    vm: { folders: [join(top, 'suites/vm')], isNamed: false },
  })
})

test.each([
  ['a flake', { flake: 'x' }, { nixos: { type: 'flake', ref: 'x' }, vm: null }],
  ['suites', { suites: '/x' }, { nixos: null, vm: { folders: ['/x'], isNamed: true } }],
  [
    'both',
    { flake: 'x', suites: '/x' },
    { nixos: { type: 'flake', ref: 'x' }, vm: { folders: ['/x'], isNamed: true } },
  ],
])('who names %s on the command line means no other place', (_, args, places) => {
  expect(findPlaces(args, config(), tree('flake.nix', 'suites/vm/'))).toEqual(places)
})

test('a kind leaves the other out', () => {
  const top = tree('flake.nix', 'suites/vm/')
  expect(findPlaces({ kind: 'vm' }, config(), top)).toMatchObject({ nixos: null, vm: {} })
  expect(findPlaces({ kind: 'nixos' }, config(), top)).toMatchObject({ nixos: {}, vm: null })
})

test('a flake beyond the repository is not meant', () => {
  const top = tree('flake.nix', 'repository/a/', 'repository/.git/')
  expect(() => findPlaces({}, config(), join(top, 'repository/a'))).toThrow(
    /neither a flake\.nix nor a folder suites\/vm in .* or above it/,
  )
})

test.each([
  ['two places', { flake: '.', file: 'x.nix' }, /only one place/],
  ['an attribute of nothing', { attr: 'tests' }, /--attr: needs --file/],
  ['a kind of which there are none', { kind: 'vm' }, /there is no folder suites\/vm/],
  ['a kind without a flake', { kind: 'nixos' }, /there is no flake\.nix/],
] as const)('refuses %s', (_, args, message) => {
  expect(() => findPlaces(args, config(), '/')).toThrow(message)
})
