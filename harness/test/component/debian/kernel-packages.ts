import type { TestPackage } from './repository.ts'

/** A module file as far as we read it: the strings of its .modinfo section. */
export function moduleFile(needs = '', alias = ''): Buffer {
  const words = [
    '\x7fELF',
    `alias=${alias}`,
    `depends=${needs}`,
    'vermagic=1.0-cloud-amd64 SMP',
    'name=x',
    '',
  ]
  return Buffer.from(words.join('\0'), 'latin1')
}

const modules: Record<string, Buffer> = {
  'drivers/virtio/virtio.ko': moduleFile(),
  'drivers/virtio/virtio_pci.ko': moduleFile('virtio'),
  'drivers/char/virtio_console.ko': moduleFile('virtio'),
  'drivers/net/virtio_net.ko': moduleFile('virtio'),
  'drivers/char/hw_random/virtio-rng.ko': moduleFile('virtio'),
  'net/sched/sch_netem.ko': moduleFile(),
}

const modulesFolder = 'lib/modules/1.0-cloud-amd64'

/** Strings as they lie in a busybox. */
const busybox = Buffer.from('\x7fELF\0[\0[[\0awk\0nc\0sh\0\0more', 'latin1')

/** The least that a guest is made of: a kernel with its meta package, and programs that stand for the real ones. */
export const kernelPackages: TestPackage[] = [
  { name: 'linux-image-cloud-amd64', fields: { Depends: 'linux-image-1.0-cloud-amd64 (= 1.0)' } },
  {
    name: 'linux-image-1.0-cloud-amd64',
    fields: { Depends: 'kmod, linux-base (>= 4.3~)' },
    files: {
      'boot/vmlinuz-1.0-cloud-amd64': 'kernel 1.0',
      [`${modulesFolder}/modules.builtin`]: 'kernel/drivers/block/virtio_blk.ko\n',
      ...Object.fromEntries(
        Object.entries(modules).map(([path, content]) => [`${modulesFolder}/kernel/${path}`, content]),
      ),
    },
  },
  { name: 'busybox-static', files: { 'bin/busybox': busybox } },
  { name: 'bash-static', files: { 'bin/bash-static': 'bash' } },
]

/** The same as Ubuntu has it: modules apart from the kernel, and compressed. @param modules path to content */
export function ubuntuPackages(files: Record<string, string | Buffer>): TestPackage[] {
  return [
    { name: 'linux-image-virtual', fields: { Depends: 'linux-image-6.8.0-1-generic, linux-firmware' } },
    {
      name: 'linux-image-6.8.0-1-generic',
      fields: { Depends: 'linux-modules-6.8.0-1-generic, kmod' },
      files: { 'boot/vmlinuz-6.8.0-1-generic': 'kernel 6.8' },
    },
    { name: 'linux-modules-6.8.0-1-generic', files },
    { name: 'busybox-static', files: { 'usr/bin/busybox': busybox } },
    { name: 'bash-static', files: { 'usr/bin/bash-static': 'bash' } },
  ]
}
