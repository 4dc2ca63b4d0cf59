import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpioArchive } from './cpio.ts'
import { driverModules, initramfs } from './initramfs.ts'

/**
 * Program of the `guest` derivation: `main.js MATERIAL OUTPUT` puts together what QEMU boots (`kernel`,
 * `initrd`) from what `vmproof setup` unpacked (`vmlinuz`, `busybox`, `modules/`).
 */
function main([material = '', output = '']: string[]): void {
  mkdirSync(output, { recursive: true })
  copyFileSync(join(material, 'vmlinuz'), join(output, 'kernel'))
  const archive = initramfs({
    busybox: readFileSync(join(material, 'busybox')),
    modules: join(material, 'modules'),
    wantedModules: driverModules,
  })
  writeFileSync(join(output, 'initrd'), cpioArchive(archive))
}

main(process.argv.slice(2))
