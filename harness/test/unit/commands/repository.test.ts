import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderInRepository, foldersToRepository } from '../../../commands/repository.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

test('a project at the root of its repository, in a folder of it, in a worktree', () => {
  const root = scratchFolder()
  const project = join(root, 'tests/the vms')
  mkdirSync(project, { recursive: true })
  mkdirSync(join(root, '.git'))
  expect(folderInRepository(root)).toBe('')
  expect(folderInRepository(project)).toBe('tests/the vms')
  expect(foldersToRepository(project)).toEqual(
    [project, join(root, 'tests'), root].map((one) => realpathSync(one)),
  )
  writeFileSync(join(root, 'tests/.git'), 'gitdir: elsewhere')
  expect(folderInRepository(project)).toBe('the vms')
})

test('without a repository the folder is all there is', () => {
  const folder = realpathSync(scratchFolder())
  expect(foldersToRepository(folder)).toEqual([folder])
  expect(folderInRepository(folder)).toBe('')
})
