import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { findKernel } from '../../../host/kernels.ts'
import { type KvmAnswer, type KvmQuestion, kvmBoots } from '../../../host/kvm.ts'
import { obstacleAt } from '../../../host/kvm-device.ts'
import { findOnPath } from '../../../process/find-program.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

export const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
export const qemuName = `qemu-system-${architecture}`

/** What the kernel of a KVM that works ends with, at once. */
export const bootsAtOnce =
  "echo '[    0.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'"

/** KVM as far as a test needs to bend it: a device that everyone may open, and a QEMU that is a script. */
export interface KvmLab {
  folder: string
  cacheFolder: string
  /** Path of the script. */
  qemu: string
  /** PATH with it in front. */
  path: string
  /** Asks with all this. */
  question: KvmQuestion
  /** How often it was started. */
  starts(): number
  ask(question?: KvmQuestion): Promise<KvmAnswer>
  /** As another process would: this one remembers by itself, too. */
  askElsewhere(question?: KvmQuestion): Promise<KvmAnswer>
}

/** @param body of the shell script that stands in for QEMU, for what cannot be provoked */
export function kvmLab(body: string): KvmLab {
  const folder = scratchFolder()
  const bin = join(folder, 'bin')
  const [qemu, starts] = [join(bin, qemuName), join(folder, 'starts')]
  mkdirSync(bin)
  writeFileSync(starts, '')
  writeFileSync(qemu, `#!/bin/sh\n[ "$1" = --version ] && exec echo 'QEMU emulator version 7.2.0'\n`)
  writeFileSync(qemu, `echo started >> ${starts}\n${body}\n`, { flag: 'a' })
  chmodSync(qemu, 0o755)
  const path = `${bin}${delimiter}${process.env.PATH}`
  vi.stubEnv('PATH', path)
  onTestFinished(() => void vi.unstubAllEnvs())
  const cacheFolder = join(folder, 'cache')
  const question = { device: '/dev/null', kernel: '/bin/sh', cacheFolder }
  return {
    ...{ folder, cacheFolder, qemu, path, question },
    starts: () => readFileSync(starts, 'utf8').split('\n').length - 1,
    ask: (more) => kvmBoots({ ...question, ...more }),
    askElsewhere: async (more) => {
      vi.resetModules()
      const elsewhere = await import('../../../host/kvm.ts')
      return elsewhere.kvmBoots({ ...question, ...more })
    },
  }
}

/** Why a test of the real thing cannot be done here; null when it can. @param needs KVM, or just an emulated QEMU */
export function whyNotReal(needs: 'kvm' | 'qemu'): string | null {
  const obstacle = needs === 'kvm' ? obstacleAt('/dev/kvm') : null
  if (obstacle) return obstacle.reason
  if (findOnPath(qemuName) === null) return `there is no ${qemuName}`
  return findKernel(architecture) === null ? 'there is no kernel to boot' : null
}
