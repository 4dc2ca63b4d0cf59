import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guestFolder } from '../../host/prepared-folder.ts'
import { cpioArchive } from '../../vm/guest/cpio.ts'
import { driverModules, initramfs } from '../../vm/guest/initramfs.ts'

/** What `vmproof setup` unpacked on this host. */
const guestMaterial = guestFolder('x86_64')

/** The static busybox that guests run; its shell and cpio are the guests' own. */
export const busybox = join(guestMaterial, 'busybox')

/** Puts a guest together as the `guest` derivation does. @returns its folder */
export function makeGuest(folder: string): string {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(guestMaterial, 'vmlinuz'), join(folder, 'kernel'))
  const modules = join(guestMaterial, 'modules')
  const source = { busybox: readFileSync(busybox), modules, wantedModules: driverModules }
  writeFileSync(join(folder, 'initrd'), cpioArchive(initramfs(source)))
  return folder
}
