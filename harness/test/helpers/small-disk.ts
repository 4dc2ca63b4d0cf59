import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { scratchFolder } from './scratch.ts'

/** Whether this process may mount; without it, what a full disk does cannot be tried for real. */
export const canMount = process.getuid?.() === 0 && mountable()

export interface SmallDisk {
  folder: string
  /** Makes it read-only, or writable again. */
  remount(mode: 'ro' | 'rw'): void
}

/** A real file system of this size in KiB, unmounted when the running test has finished. */
export function smallDisk(kibibytes: number): SmallDisk {
  const folder = join(scratchFolder(), 'disk')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder])
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return {
    folder,
    remount: (mode) => execFileSync('mount', ['-o', `remount,${mode}`, folder]),
  }
}

function mountable(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
