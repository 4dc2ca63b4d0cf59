import { describe, expect, test } from 'vitest'
import { cpioArchive } from '../../../vm/guest/cpio.ts'
import {
  builtinModules,
  dependencies,
  inLoadingOrder,
  kernelRelease,
  type ModuleFiles,
  modulesAlias,
  modulesDep,
} from '../../../vm/guest/kernel-modules.ts'

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

describe('what modprobe reads', () => {
  const all = files({ ring: '', virtio: 'ring', net: 'virtio' })

  test('each module with all that it needs, what is loaded first last', () => {
    expect(modulesDep(['ring', 'net'], all)).toBe('ring.ko:\nnet.ko: virtio.ko ring.ko\n')
  })

  test('the names by which the kernel asks for a module', () => {
    const vxlan = Buffer.from('\0alias=rtnl-link-vxlan\0alias=net-pf-2\0depends=\0alias=last', 'latin1')
    const one: ModuleFiles = new Map([['vxlan', { path: 'vxlan.ko', content: () => vxlan }]])
    expect(modulesAlias(['vxlan', 'none'], one)).toBe(
      'alias rtnl-link-vxlan vxlan\nalias net-pf-2 vxlan\nalias last vxlan\n',
    )
  })

  test('the kernel that a module is for, and modules of the kernel itself', () => {
    const module = Buffer.from('\0vermagic=6.1.0-56-cloud-amd64 SMP preempt \0', 'latin1')
    expect(kernelRelease(module)).toBe('6.1.0-56-cloud-amd64')
    expect(kernelRelease(moduleFile(''))).toBeNull()
    expect(builtinModules('kernel/drivers/block/virtio-blk.ko\n')).toEqual(new Set(['virtio_blk']))
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
