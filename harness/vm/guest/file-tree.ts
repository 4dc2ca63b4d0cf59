import { posix } from 'node:path'
import type { CpioEntry, Owner } from './cpio.ts'

/**
 * Folders that are links in a guest, as on a merged-usr Debian and a step further: all programs lie in one folder, so
 * that each is found under every path that somebody knows it by. Packages made for both layouts (Debian 12's) have
 * files under both names; here each file has one place.
 */
const merged: Record<string, string> = {
  bin: 'usr/bin',
  sbin: 'usr/bin',
  'usr/sbin': 'usr/bin',
  lib: 'usr/lib',
  lib32: 'usr/lib32',
  lib64: 'usr/lib64',
  libx32: 'usr/libx32',
  'var/run': 'run',
  'var/lock': 'run/lock',
}

type TreeNode =
  | { type: 'folder'; mode: number; owner?: Owner }
  | { type: 'file'; mode: number; content: Buffer }
  | { type: 'link'; target: string }

/** The root file system of a guest while it is put together. Paths are relative to the root. */
export class FileTree {
  readonly #nodes = new Map<string, TreeNode>()

  constructor() {
    for (const [path, target] of Object.entries(merged)) {
      this.folder(target)
      this.#ensureParents(path)
      this.#nodes.set(path, { type: 'link', target: posix.relative(posix.dirname(path), target) })
    }
  }

  folder(path: string, mode = 0o755): void {
    const place = treePath(path)
    this.#ensureParents(place)
    if (this.#nodes.get(place)?.type !== 'folder' && !(place in merged))
      this.#nodes.set(place, { type: 'folder', mode })
  }

  /** Gives a folder to somebody; makes it when it is not there. */
  own(path: string, owner: Owner): void {
    this.folder(path)
    const node = this.#nodes.get(treePath(path))
    if (node?.type === 'folder') this.#nodes.set(treePath(path), { ...node, owner })
  }

  file(path: string, content: Buffer | string, mode = 0o644): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    this.#put(path, { type: 'file', mode, content: bytes })
  }

  link(path: string, target: string): void {
    const place = treePath(path)
    // base-files has links for what is merged here anyway, iproute2 one from /sbin/ip to /bin/ip.
    const isSelf = treePath(posix.resolve('/', posix.dirname(place), target)) === place
    if (!isSelf && !(place in merged)) this.#put(path, { type: 'link', target })
  }

  /** Makes another name for what a path holds. Nothing happens when it holds nothing. */
  copy(path: string, from: string): void {
    const node = this.#nodes.get(treePath(from))
    if (node) this.#put(path, node)
  }

  has(path: string): boolean {
    return this.#nodes.has(treePath(path))
  }

  /** Content of a file, behind links too; null when there is none. */
  read(path: string): Buffer | null {
    let place = treePath(path)
    for (let steps = 0; steps < 8; steps++) {
      const node = this.#nodes.get(place)
      if (node?.type === 'file') return node.content
      if (node?.type !== 'link') return null
      place = treePath(posix.resolve('/', posix.dirname(place), node.target))
    }
    return null
  }

  /** Names of what lies directly in a folder. */
  list(path: string): string[] {
    const start = `${treePath(path)}/`
    return [...this.#nodes.keys()]
      .filter((one) => one.startsWith(start) && !one.slice(start.length).includes('/'))
      .map((one) => one.slice(start.length))
  }

  /** All there is, parents first, in the order of names: equal trees give equal archives. */
  *entries(): Iterable<CpioEntry> {
    for (const path of [...this.#nodes.keys()].sort()) {
      const node = this.#nodes.get(path)
      if (node) yield { path, ...node }
    }
  }

  #put(path: string, node: TreeNode): void {
    const place = treePath(path)
    this.#ensureParents(place)
    this.#nodes.set(place, node)
  }

  #ensureParents(path: string): void {
    const parent = posix.dirname(path)
    if (parent === '.' || this.#nodes.get(parent)?.type === 'folder') return
    this.#ensureParents(parent)
    this.#nodes.set(parent, { type: 'folder', mode: 0o755 })
  }
}

/** Where a path really lies: `/bin/sh` is `usr/bin/sh`. */
export function treePath(path: string): string {
  const plain = posix.resolve('/', path).slice(1)
  for (const [from, to] of Object.entries(merged)) {
    if (plain.startsWith(`${from}/`)) return `${to}/${plain.slice(from.length + 1)}`
  }
  return plain
}
