import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { prepareGuest } from '../../../vm/guest/prepare.ts'
import type { GuestDefinition } from '../../../vm/suite.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { skipBecause } from '../../helpers/skip.ts'

function files(contents: Record<string, string | Buffer>): Record<string, string> {
  const folder = scratchFolder()
  return Object.fromEntries(
    Object.entries(contents).map(([name, content]) => {
      writeFileSync(join(folder, name), content)
      return [name, join(folder, name)]
    }),
  )
}

const prepare = (guest: GuestDefinition) =>
  prepareGuest(guest, 'x86_64', { cacheFolder: '/no/such/folder', note: () => {} })

const qcow2 = Buffer.from('QFI\xfb\0\0\0\x03', 'latin1')

describe('files that somebody else built', () => {
  test('a kernel and an initrd, with a disk when there is one', async () => {
    const { kernel = '', initrd = '', disk = '' } = files({ kernel: 'k', initrd: 'i', disk: 'd' })
    expect(await prepare({ kernel, initrd })).toEqual({
      type: 'direct',
      kernel,
      initrd,
      append: '',
      disk: null,
    })
    expect(await prepare({ kernel, initrd, append: 'root=/dev/vda', disk: { path: disk } })).toEqual({
      type: 'direct',
      kernel,
      initrd,
      append: 'root=/dev/vda',
      disk: { path: disk, format: 'raw' },
    })
  })

  test("a disk's format is that of its content, whatever it is called", async () => {
    const { wic = '', image = '' } = files({ wic: 'boot sector', image: qcow2 })
    expect(await prepare({ disk: { path: wic } })).toEqual({
      type: 'disk',
      disk: { path: wic, format: 'raw' },
      firmware: 'uefi',
    })
    expect(await prepare({ disk: { path: image }, firmware: 'bios' })).toEqual({
      type: 'disk',
      disk: { path: image, format: 'qcow2' },
      firmware: 'bios',
    })
  })

  test('a raw disk may begin like another format when it is said to be raw', async () => {
    const { image = '' } = files({ image: qcow2 })
    expect(await prepare({ disk: { path: image, format: 'raw' } })).toMatchObject({ disk: { format: 'raw' } })
  })
})

describe('files that cannot be booted are named', () => {
  test('missing, empty, a folder, of another format', async () => {
    const { kernel = '', empty = '' } = files({ kernel: 'k', empty: '' })
    const folder = join(scratchFolder(), 'folder')
    mkdirSync(folder)
    const initrd = '/no/such/initrd'
    await expect(prepare({ kernel, initrd })).rejects.toThrow(
      `the initrd of a guest, ${initrd}, is not there`,
    )
    await expect(prepare({ kernel: empty, initrd })).rejects.toThrow(
      `the kernel of a guest, ${empty}, is empty`,
    )
    await expect(prepare({ disk: { path: folder } })).rejects.toThrow(
      `the disk of a guest, ${folder}, is a folder`,
    )
    await expect(prepare({ disk: { path: kernel, format: 'qcow2' } })).rejects.toThrow('is no qcow2 image')
  })

  test('not readable', async ({ skip }) => {
    if (process.getuid?.() === 0) skipBecause('root may read everything', skip)
    const { kernel = '' } = files({ kernel: 'k' })
    chmodSync(kernel, 0)
    await expect(prepare({ kernel, initrd: kernel })).rejects.toThrow('may not be read')
  })

  test('named by a path that is not absolute', async () => {
    await expect(prepare({ disk: { path: 'disk.raw' } })).rejects.toThrow('is no absolute path')
  })
})
