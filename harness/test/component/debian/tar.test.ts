import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTar } from '../../../debian/tar.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const longName = `usr/share/${'folder/'.repeat(20)}name-of-a-file-beyond-a-hundred-bytes`

function archive(format: string): Buffer {
  const folder = scratchFolder()
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  put('usr/bin/tool', 'x'.repeat(600))
  chmodSync(join(folder, 'usr/bin/tool'), 0o4755)
  linkSync(join(folder, 'usr/bin/tool'), join(folder, 'usr/bin/twin'))
  symlinkSync('tool', join(folder, 'usr/bin/alias'))
  put('usr/empty', '')
  put(longName, 'deep')
  if (format !== 'ustar') symlinkSync(`/${longName}`, join(folder, 'usr/far'))
  return execFileSync('tar', ['-c', '--sort=name', `--format=${format}`, '-C', folder, '.'])
}

describe.each(['gnu', 'ustar', 'posix'])('an archive in the form %s', (format) => {
  const read = () => new Map([...readTar(archive(format))].map((entry) => [entry.path, entry]))

  test('has files with content and set-user-id, links of both kinds, folders', () => {
    const entries = read()
    expect(entries.get('usr/bin/tool')).toEqual({
      type: 'file',
      path: 'usr/bin/tool',
      mode: 0o4755,
      content: Buffer.from('x'.repeat(600)),
    })
    expect(entries.get('usr/bin/twin')).toMatchObject({ type: 'hard-link', target: 'usr/bin/tool' })
    expect(entries.get('usr/bin/alias')).toMatchObject({ type: 'link', target: 'tool' })
    expect(entries.get('usr/empty')).toMatchObject({ type: 'file', content: Buffer.alloc(0) })
    expect(entries.get('usr/bin')).toMatchObject({ type: 'folder', mode: 0o755 })
  })

  test('has names of any length, and none that leads out', () => {
    const entries = read()
    expect(entries.get(longName)).toMatchObject({ content: Buffer.from('deep') })
    if (format !== 'ustar') expect(entries.get('usr/far')).toMatchObject({ target: `/${longName}` })
    expect([...entries.keys()].filter((path) => path === '' || path.startsWith('.'))).toEqual([])
  })
})

test('what is no archive has no members, and what is cut has those that are there', () => {
  expect([...readTar(Buffer.alloc(0))]).toEqual([])
  expect([...readTar(Buffer.alloc(2048))]).toEqual([])
  expect([...readTar(archive('gnu').subarray(0, 1000))].length).toBeLessThan(3)
})
