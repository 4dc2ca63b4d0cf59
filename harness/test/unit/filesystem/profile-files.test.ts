import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readProfiles } from '../../../filesystem/profile-files.ts'
import { UserError } from '../../../model/user-error.ts'
import { projectRoot } from '../../helpers/project-root.ts'

const head = 'description = "d"\nimitates = "i"\nsource = "s"\n'

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-profiles-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function complaint(folders: string[], names: string[] | null): string[] {
  try {
    readProfiles(folders, names)
  } catch (error) {
    if (error instanceof UserError) return [error.message, ...error.hints]
    throw error
  }
  return []
}

test('reads the profiles that are named, in this order, or all of them by name', () => {
  const folder = folderOf({ 'b.toml': head, 'a.toml': head, 'README.md': 'no profile' })
  expect(readProfiles([folder], ['b', 'a']).map(({ name }) => name)).toEqual(['b', 'a'])
  expect(readProfiles([folder], null).map(({ name }) => name)).toEqual(['a', 'b'])
})

test('a profile that nobody asked for may be broken', () => {
  const folder = folderOf({ 'good.toml': head, 'broken.toml': `${head}[[links]]\nloss = "120%"` })
  expect(readProfiles([folder], ['good'])).toHaveLength(1)
  const [what, issue] = complaint([folder], null)
  expect(what).toBe('not a valid profile')
  expect(issue).toBe(`${folder}/broken.toml:5: links[0].loss: "120%" is more than 100%`)
})

test('a slip of the finger is told with the name that was meant', () => {
  const folder = join(projectRoot, 'profiles')
  expect(complaint([folder], ['latenzy'])).toEqual([
    'latenzy: there is no profile of this name',
    'did you mean latency?',
    `looked into ${folder}`,
  ])
  expect(complaint([folderOf({ 'a.toml': head })], ['something-else'])[1]).toBe('known are a')
})

test('two profiles of one name, in whichever case, are refused', () => {
  const [one, other] = [folderOf({ 'edge.toml': head }), folderOf({ 'Edge.toml': head })]
  expect(complaint([one, other], ['edge'])).toEqual([
    'two profiles are called Edge',
    join(one, 'edge.toml'),
    join(other, 'Edge.toml'),
    'rename one of them',
  ])
})

test('a folder that is not there is named', () => {
  expect(complaint(['/no/such/profiles'], ['edge'])[0]).toBe(
    '/no/such/profiles: cannot be read, no such file or folder',
  )
})

test.each(['a,b.toml', 'loss=5%.toml', 'a b.toml', '.toml', '-a.toml', 'a@b.toml'])(
  '%s gives no name',
  (name) => {
    const folder = folderOf({ [name]: head })
    expect(complaint([folder], null)[0]).toBe(`${folder}/${name}: not a name for a profile`)
  },
)
