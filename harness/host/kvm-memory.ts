import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../process/atomic-file.ts'
import { makeFolders } from '../process/make-folders.ts'

/** What is worth remembering of a boot under KVM. */
export interface RememberedBoot {
  works: boolean
  /** null when it works. */
  reason: string | null
  seconds: number
}

/** One JSON file. Whatever is wrong with it, it is no memory. */
interface MemoryFile extends RememberedBoot {
  schema: 1
  key: string
}

/** Also here, by file and key, for a folder that cannot be written: one process boots a hanging guest only once. */
const ofThisProcess = new Map<string, RememberedBoot>()

/**
 * What an answer holds for: this boot of the host, this QEMU and this kernel, each file told by path, size and time.
 * @returns null where it cannot be told; nothing is remembered then
 */
export function memoryKey(qemu: string, kernel: string): string | null {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return JSON.stringify([bootId, identityOf(qemu), identityOf(kernel)])
  } catch {
    return null
  }
}

function identityOf(path: string): string {
  const real = realpathSync(path)
  const { size, mtimeMs } = statSync(real)
  return `${real} ${size} ${mtimeMs}`
}

/** @returns null when nothing that holds for this key was remembered */
export function recall(folder: string, key: string | null): RememberedBoot | null {
  if (key === null) return null
  const known = ofThisProcess.get(fileIn(folder) + key)
  if (known) return known
  try {
    const { schema, key: of, works, reason, seconds } = JSON.parse(readFileSync(fileIn(folder), 'utf8'))
    const isWhole =
      typeof works === 'boolean' &&
      typeof seconds === 'number' &&
      (works ? reason === null : typeof reason === 'string')
    return schema === 1 && of === key && isWhole ? { works, reason, seconds } : null
  } catch {
    return null
  }
}

/** A full or read-only disk costs the next run another look, and this one nothing. */
export function remember(folder: string, key: string | null, boot: RememberedBoot): void {
  if (key === null) return
  ofThisProcess.set(fileIn(folder) + key, boot)
  const content: MemoryFile = { schema: 1, key, ...boot }
  try {
    makeFolders(folder)
    writeAtomically(fileIn(folder), JSON.stringify(content))
  } catch {
    // The next run tries again.
  }
}

function fileIn(folder: string): string {
  return join(folder, 'kvm.json')
}
