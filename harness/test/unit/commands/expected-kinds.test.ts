import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { expectedKinds } from '../../../commands/expected-kinds.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

/** @param files empty ones, by path; a path that ends in a slash is a folder */
function workIn(files: string[], config = ''): void {
  const folder = scratchFolder()
  mkdirSync(join(folder, '.git'))
  for (const path of files) {
    if (path.endsWith('/')) mkdirSync(join(folder, path), { recursive: true })
    else writeFileSync(join(folder, path), '')
  }
  if (config !== '') writeFileSync(join(folder, 'vmproof.config.toml'), config)
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
}

test('a host is expected to run the kinds of checks that the project has', async () => {
  workIn(['suites/vm/'])
  expect(await expectedKinds(undefined)).toEqual(['vm'])
  workIn(['flake.nix'])
  expect(await expectedKinds(undefined)).toEqual(['nixos'])
  workIn(['flake.nix', 'suites/vm/'])
  expect(await expectedKinds(undefined)).toEqual(['vm', 'nixos'])
  workIn(['elsewhere/'], 'suites = "elsewhere"\n')
  expect(await expectedKinds(undefined)).toEqual(['vm'])
})

test('without a project, or with a configuration that is wrong, all kinds', async () => {
  workIn([])
  expect(await expectedKinds(undefined)).toEqual(['vm', 'nixos'])
  workIn(['suites/vm/'], 'nonsense = true\n')
  expect(await expectedKinds(undefined)).toEqual(['vm', 'nixos'])
})

test('who asks for one kind gets it', async () => {
  workIn(['suites/vm/'])
  expect(await expectedKinds('nixos')).toEqual(['nixos'])
})
