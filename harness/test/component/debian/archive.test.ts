import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Archive, fetchChoice, openArchive } from '../../../debian/archive.ts'
import { closure } from '../../../debian/closure.ts'
import { programIn, readPackageFile } from '../../../debian/package-file.ts'
import type { PackageIndex } from '../../../debian/package-index.ts'
import { UserError } from '../../../model/user-error.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { Repository, type TestPackage } from './repository.ts'

const hello: TestPackage = {
  name: 'hello',
  fields: { Depends: 'libhello (>= 1), mail-agent | no-agent' },
  files: { 'usr/bin/hello': '#!/bin/sh\necho hello\n' },
}
const others: TestPackage[] = [
  {
    name: 'libhello',
    files: { 'usr/lib/libhello.so.1': 'library', 'usr/lib/libhello.so': '-> libhello.so.1' },
  },
  { name: 'postbox', fields: { Provides: 'mail-agent' } },
]

const want =
  (...names: string[]) =>
  (index: PackageIndex) =>
    closure(names, new Set(), index)

async function lab() {
  const folder = scratchFolder()
  const repository = await Repository.start(folder, [hello, ...others])
  const notes: string[] = []
  const progress = { note: (text: string) => void notes.push(text) }
  const cache = join(folder, 'cache')
  const open = () => openArchive(cache, 'amd64', progress)
  const fetch = (archive: Archive, ...names: string[]) => fetchChoice(archive, want(...names), progress)
  return { repository, notes, cache, open, fetch }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('packages of a mirror', () => {
  test('come with all that they need, once, and can be read', async () => {
    const { open, fetch, notes } = await lab()
    const { packages, files } = await fetch(await open(), 'hello')
    expect(packages.map(({ name }) => name)).toEqual(['hello', 'libhello', 'postbox'])
    expect(programIn(await readPackageFile(files[0] ?? ''), 'hello').toString()).toContain('echo hello')
    const library = await readPackageFile(files[1] ?? '')
    expect(library.files.filter(({ type }) => type !== 'folder')).toEqual([
      { type: 'file', path: 'usr/lib/libhello.so.1', mode: 0o644, content: Buffer.from('library') },
      { type: 'link', path: 'usr/lib/libhello.so', target: 'libhello.so.1' },
    ])
    expect(notes.at(-1)).toMatch(/^downloading 3 packages \(\d+ MiB\)$/)
  })

  test('are fetched once, and a damaged file is fetched anew', async () => {
    const { open, fetch, notes } = await lab()
    const archive = await open()
    const { files } = await fetch(archive, 'hello')
    const before = notes.length
    await fetch(archive, 'hello')
    expect(notes.length).toBe(before)
    truncateSync(files[1] ?? '', 10)
    writeFileSync(files[2] ?? '', Buffer.alloc(statSync(files[2] ?? '').size))
    await fetch(archive, 'hello')
    expect(notes.at(-1)).toContain('downloading 2 packages')
    expect((await readPackageFile(files[1] ?? '')).files).not.toEqual([])
  })

  test('that the mirror has replaced meanwhile come in their new version', async () => {
    const { open, fetch, repository } = await lab()
    const archive = await open()
    rmSync(join(repository.folder, 'hello_1.0_amd64.deb'))
    repository.publish([{ ...hello, version: '1.1' }, ...others])
    const { packages } = await fetch(archive, 'hello')
    expect(packages.map(({ version }) => version)).toEqual(['1.1', '1.0', '1.0'])
  })

  test('that are not what the list says are refused, and nothing stays', async () => {
    const { open, fetch, repository, cache } = await lab()
    const archive = await open()
    const deb = join(repository.folder, 'hello_1.0_amd64.deb')
    writeFileSync(deb, Buffer.alloc(statSync(deb).size, 'x'))
    await expect(fetch(archive, 'hello')).rejects.toThrow('could not be downloaded')
    expect(readdirSync(join(cache, 'packages'))).toEqual([])
  })

  test('that nobody knows are named with the nearest, before anything is downloaded', async () => {
    const { open, fetch, notes } = await lab()
    const failed = await fetch(await open(), 'postbox', 'helo').catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(UserError)
    expect((failed as UserError).message).toBe('no package is called "helo"')
    expect((failed as UserError).hints[0]).toBe('did you mean hello?')
    expect(notes.filter((note) => note.startsWith('downloading'))).toEqual([])
  })
})

describe('package lists', () => {
  test('are fetched once a day', async () => {
    const { open, notes } = await lab()
    await open()
    await open()
    expect(notes).toEqual([expect.stringMatching(/^package lists \(amd64\) refreshed in /)])
  })

  test('that cannot be had are told with what apt says', async () => {
    const { open, repository } = await lab()
    await repository.stop()
    const failed = await open().catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(UserError)
    expect((failed as UserError).message).toBe('there are no package lists for amd64')
    expect((failed as UserError).hints.at(-1)).toContain('this host does not reach its package mirror')
  })

  test('a host without apt is told what is lacking', async () => {
    const { open } = await lab()
    vi.stubEnv('PATH', '/no/such/folder')
    await expect(open()).rejects.toThrow('this host has no apt-get, apt-cache, dpkg-deb')
  })

  test('a cancelled preparation ends', async () => {
    const { cache } = await lab()
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(openArchive(cache, 'amd64', { note: () => {}, signal })).rejects.toThrow('stopped')
  })
})
