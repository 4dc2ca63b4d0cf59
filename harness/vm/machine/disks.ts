import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { MachineError } from '../errors.ts'
import type { ImageConfig, NodeConfig } from '../test-config.ts'
import { findFirmware } from './firmware.ts'
import { emptyQcow2, qcow2Size } from './qcow2.ts'

/** What QEMU opens for a node; a path of a disk stands for a file without a name. */
export interface DiskFiles {
  /** Copy-on-write layer over the node's image. */
  overlay: { path: string; base: ImageConfig } | null
  /** Empty disks. */
  empty: string[]
  /** UEFI's code, and a node's own copy of its variables. */
  firmware: { code: string; variables: string } | null
}

/**
 * The disks of a node, from its first start to the end of the test: what is on them outlives a crash of the node.
 * None of them has a name: each is reached through our own open file, so that all are gone when we are, whatever
 * ends us.
 */
export class Disks {
  readonly #node: NodeConfig
  readonly #folder: string
  #opened: number[] = []
  #files: DiskFiles | null = null

  /** @param folder for files on their way to being nameless */
  constructor(node: NodeConfig, folder: string) {
    this.#node = node
    this.#folder = folder
  }

  /** Makes them at the first call. @throws MachineError for an image or firmware that is not there */
  files(): DiskFiles {
    this.#files ??= {
      overlay: this.#overlay(),
      empty: this.#node.diskSizesMiB.map((size) =>
        this.#nameless((file) => ftruncateSync(file, size * 2 ** 20)),
      ),
      firmware: this.#firmware(),
    }
    return this.#files
  }

  /** Lets go of them: the space is free as soon as QEMU has ended. */
  close(): void {
    for (const file of this.#opened) closeSync(file)
    this.#opened = []
    this.#files = null
  }

  #overlay(): DiskFiles['overlay'] {
    const { boot, name } = this.#node
    const base = boot.type === 'own' ? null : boot.disk
    if (!base) return null
    const layer = emptyQcow2(sizeOf(base, name))
    return { path: this.#nameless((file) => void writeSync(file, layer)), base }
  }

  #firmware(): DiskFiles['firmware'] {
    const { boot, architecture, name } = this.#node
    if (boot.type !== 'disk' || boot.firmware !== 'uefi') return null
    const found = findFirmware(architecture)
    if (!found) {
      const wanted = architecture === 'x86_64' ? 'ovmf' : 'qemu-efi-aarch64'
      const advice = architecture === 'x86_64' ? ", or say firmware: 'bios'" : ''
      throw new MachineError(
        `${name} boots by UEFI, and this host has no UEFI firmware for ${architecture}: install ${wanted}${advice}`,
      )
    }
    const path = join(this.#folder, `${name}.variables`)
    copyFileSync(found.variables, path)
    return { code: found.code, variables: this.#withoutName(path) }
  }

  #nameless(fill: (file: number) => void): string {
    const path = join(this.#folder, `${this.#node.name}.disk`)
    closeSync(openSync(path, 'wx', 0o600))
    const opened = this.#withoutName(path)
    fill(this.#opened.at(-1) ?? -1)
    return opened
  }

  /** @returns a path under which QEMU, a process of the same user, can open it */
  #withoutName(path: string): string {
    const file = openSync(path, 'r+')
    unlinkSync(path)
    this.#opened.push(file)
    return `/proc/${process.pid}/fd/${file}`
  }
}

/** Size of the disk that an image holds, in bytes. */
function sizeOf({ path, format }: ImageConfig, node: string): number {
  try {
    if (format === 'raw') return statSync(path).size
    const header = Buffer.alloc(32)
    const file = openSync(path, 'r')
    try {
      readSync(file, header)
    } finally {
      closeSync(file)
    }
    const size = qcow2Size(header)
    if (size !== null) return size
  } catch (error) {
    throw new MachineError(`the disk image of ${node} cannot be read: ${String(error)}`)
  }
  throw new MachineError(
    `the disk image of ${node} is no qcow2 file: ${path}. Say format: 'raw' if it is that`,
  )
}
