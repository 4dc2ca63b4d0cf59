import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders } from '../../../process/make-folders.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

test('makes what is missing, and is content with what is there', () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'a'))
  makeFolders(join(folder, 'a/b/c'))
  makeFolders(join(folder, 'a/b/c'))
  expect(statSync(join(folder, 'a/b/c')).isDirectory()).toBe(true)
})

test('ends where a file stands in the way, and where a file system takes no folders', () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolders(join(folder, 'file/below'))).toThrow(/ENOTDIR/)
  expect(() => makeFolders(join(folder, 'file'))).toThrow(/EEXIST/)
  expect(() => makeFolders('/proc/none/below')).toThrow(/ENOENT/)
})
