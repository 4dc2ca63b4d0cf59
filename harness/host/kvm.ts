import { qemuPackages } from '../debian/qemu-packages.ts'
import { findOnPath } from '../process/find-program.ts'
import { cacheFolder } from './cache-folder.ts'
import { findKernel } from './kernels.ts'
import { bootUnderKvm, type KvmArchitecture, type KvmBoot } from './kvm-boot.ts'
import { type Obstacle, obstacleAt } from './kvm-device.ts'
import { memoryKey, type RememberedBoot, recall, remember } from './kvm-memory.ts'

/** What is asked about KVM. Everything has a default. */
export interface KvmQuestion {
  /** Of the guests. Default: this host's. */
  architecture?: string
  /** Ends the boot; the answer is then that it was interrupted. */
  signal?: AbortSignal
  /** Boots a kernel although an answer is remembered. */
  afresh?: boolean
  /** A kernel to boot; null: there is none. Default: one that is at hand. */
  kernel?: string | null
  /** Another than the kernel's own only in tests. */
  device?: string
  /** Folder of what is remembered. */
  cacheFolder?: string
}

/** The truth about KVM on this host. */
export interface KvmAnswer {
  /** A Linux guest really boots under it. */
  works: boolean
  /** Why not, one line without a full stop; null when it works. */
  reason: string | null
  /** What would help, one line; null when it works. */
  mend: string | null
  /** How long the boot took, or was waited for in vain; null when no guest came so far. */
  seconds: number | null
  /** There is no kernel to try it with. */
  lacksKernel?: true
}

const hostArchitecture: Partial<Record<NodeJS.Architecture, KvmArchitecture>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
}

/**
 * Whether Linux guests boot under this host's KVM. The device may open, create VMs and then hang every guest, as
 * under some nested virtualisation, so a kernel is really booted: a fraction of a second where KVM works, some
 * seconds where it does not. The answer is remembered until the host boots again; then this takes milliseconds.
 * Never throws. No QEMU of it is left when it returns, nor when the harness is killed meanwhile.
 */
export async function kvmBoots(question: KvmQuestion = {}): Promise<KvmAnswer> {
  const host = hostArchitecture[process.arch]
  const { architecture = host, device = '/dev/kvm' } = question
  if (host === undefined || architecture !== host) {
    return cannot({
      reason: `KVM runs guests of the host's own architecture (${host ?? process.arch}), not ${architecture}`,
      mend: 'a host of that architecture',
    })
  }
  const obstacle = obstacleAt(device)
  if (obstacle) return cannot(obstacle)
  const qemu = findOnPath(`qemu-system-${host}`)
  const { kernel = findKernel(host) } = question
  const lacksKernel = kernel === null ? { lacksKernel: true as const } : {}
  if (qemu === null) {
    const reason = `there is no program qemu-system-${host} to try KVM with`
    return { ...cannot({ reason, mend: `install ${qemuPackages[host]}` }), ...lacksKernel }
  }
  if (kernel === null) {
    const reason =
      'whether Linux boots under KVM is unknown: there is no kernel here to try (vmproof setup gets one)'
    return { ...cannot({ reason, mend: 'vmproof setup' }), ...lacksKernel }
  }
  return answerOf(await bootOrRecall({ qemu, kernel, architecture: host }, question))
}

function cannot(obstacle: Obstacle): KvmAnswer {
  return { works: false, ...obstacle, seconds: null }
}

interface Trial {
  qemu: string
  kernel: string
  architecture: KvmArchitecture
}

type Told = RememberedBoot | { works: false; reason: string; seconds: null }

async function bootOrRecall(trial: Trial, question: KvmQuestion): Promise<Told> {
  const { afresh = false, signal = new AbortController().signal } = question
  const folder = question.cacheFolder ?? cacheFolder()
  const key = memoryKey(trial.qemu, trial.kernel)
  const known = afresh ? null : recall(folder, key)
  if (known) return known
  const told = inWords(await bootUnderKvm(trial, signal))
  // What ended at once may have had a reason that passes, such as too little memory, and is soon asked again.
  if (told.seconds !== null) remember(folder, key, told)
  return told
}

function inWords(boot: KvmBoot): Told {
  switch (boot.type) {
    case 'booted':
      return { works: true, reason: null, seconds: boot.seconds }
    case 'silent':
      return {
        works: false,
        reason: `KVM of this host does not boot Linux: not a word in ${boot.seconds.toFixed(1)} s`,
        seconds: boot.seconds,
      }
    case 'stuck':
      return {
        works: false,
        reason: `KVM of this host does not boot Linux: it stopped after "${boot.lastLine}"`,
        seconds: boot.seconds,
      }
    case 'ended':
      return { works: false, reason: `QEMU does not run under KVM here: ${boot.words}`, seconds: null }
    case 'interrupted':
      return { works: false, reason: 'interrupted while KVM was tried', seconds: null }
  }
}

function answerOf({ works, reason, seconds }: Told): KvmAnswer {
  const mend = works ? null : 'mend nested virtualisation in the outer VM, or use a host with KVM of its own'
  return { works, reason, mend, seconds }
}
