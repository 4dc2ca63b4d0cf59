import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { driverModules, initramfs } from './initramfs.ts'

/**
 * Program of the `guest` derivation: `main.js MATERIAL OUTPUT` puts together what QEMU boots (`kernel`,
 * `initrd`) from what `vmproof setup` unpacked (`vmlinuz`, `busybox`, `modules/`).
 */
function main([material = '', output = '']: string[]): void {
  const busybox = join(material, 'busybox')
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  mkdirSync(output, { recursive: true })
  copyFileSync(join(material, 'vmlinuz'), join(output, 'kernel'))
  const archive = initramfs({
    busybox,
    applets,
    modules: join(material, 'modules'),
    wantedModules: driverModules,
  })
  writeFileSync(join(output, 'initrd'), archive)
}

main(process.argv.slice(2))
