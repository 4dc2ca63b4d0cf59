import { describe, expect, test } from 'vitest'
import { cpioArchive } from '../../../vm/guest/cpio.ts'
import { dependencies, inLoadingOrder, type ModuleFiles } from '../../../vm/guest/kernel-modules.ts'

function moduleFile(needs: string): Buffer {
  return Buffer.from(`\x7fELF…\0license=GPL\0depends=${needs}\0retpoline=Y\0name=x\0`, 'latin1')
}

function files(needs: Record<string, string>): ModuleFiles {
  return new Map(
    Object.entries(needs).map(([name, text]) => [
      name,
      { path: `${name}.ko`, content: () => moduleFile(text) },
    ]),
  )
}

describe('kernel modules', () => {
  test('a module tells what it needs', () => {
    expect(dependencies(moduleFile('virtio_ring,virtio,net_failover'))).toEqual([
      'virtio_ring',
      'virtio',
      'net_failover',
    ])
    expect(dependencies(moduleFile(''))).toEqual([])
    expect(dependencies(Buffer.from('no module at all'))).toEqual([])
  })

  test('each comes behind what it needs, once, however often it is wanted', () => {
    const all = files({
      ring: '',
      virtio: 'ring',
      failover: '',
      net_failover: 'failover',
      net: 'virtio,net-failover',
    })
    expect(inLoadingOrder(['net', 'virtio', 'net'], all)).toEqual([
      'ring',
      'virtio',
      'failover',
      'net_failover',
      'net',
    ])
  })

  test('what has no file is built into the kernel', () => {
    expect(inLoadingOrder(['virtio-pci', 'net'], files({ net: 'virtio' }))).toEqual(['net'])
  })

  test('modules that need each other do not recurse for ever', () => {
    expect(() => inLoadingOrder(['a'], files({ a: 'b', b: 'a' }))).not.toThrow()
  })
})

describe('cpio archive', () => {
  const archive = cpioArchive([
    { type: 'folder', path: 'etc', mode: 0o755 },
    { type: 'file', path: 'etc/a', content: Buffer.from('hello'), mode: 0o644 },
  ])

  test('every member starts at a multiple of four', () => {
    const starts = [...archive.toString('latin1').matchAll(/070701/g)].map((match) => match.index)
    expect(starts).toHaveLength(3)
    expect(starts.every((start) => start % 4 === 0)).toBe(true)
  })

  test('equal entries give equal bytes', () => {
    const again = cpioArchive([
      { type: 'folder', path: 'etc', mode: 0o755 },
      { type: 'file', path: 'etc/a', content: Buffer.from('hello'), mode: 0o644 },
    ])
    expect(again.equals(archive)).toBe(true)
  })
})
