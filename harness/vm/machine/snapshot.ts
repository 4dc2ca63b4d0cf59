import { closeSync, openSync, readSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { shellWord } from '../../model/shell-word.ts'
import { contentHash } from '../../process/content-hash.ts'
import { findOnPath } from '../../process/find-program.ts'
import type { NodeConfig, TestConfig } from '../test-config.ts'
import { qemuCommand, qemuProgram } from './qemu-command.ts'
import type { QmpClient } from './qmp.ts'

/** How often QEMU is asked whether it is done. */
const lookEveryMs = 10
/** No disk is so slow that a snapshot of some 100 MB takes longer. */
const limitMs = 60_000
/** The first line of a snapshot: the length of the console's text, behind which QEMU's part begins. */
const headingLength = 32

/**
 * What a snapshot depends on: everything that QEMU is told but the paths of this run, the identity of the node
 * included, and the programs and images that it is told of. A snapshot so serves just this node of just this check.
 */
export function snapshotKey(test: TestConfig, node: NodeConfig): string {
  const command = qemuCommand({
    test,
    node,
    sockets: { shell: '', worker: '', monitor: '' },
    disks: { overlay: null, empty: node.diskSizesMiB.map((size) => `${size}M`), firmware: null },
    cardSocket: () => '',
  })
  const files = [findOnPath(qemuProgram(node.architecture)) ?? '']
  if (node.boot.type === 'own') files.push(node.boot.kernel, node.boot.initrd)
  const told = JSON.stringify([command, files.map(stampOf)])
  return contentHash(told).slice(0, 40)
}

/** Path, size and time stand for a file's content: images are never changed in place. */
function stampOf(path: string): [string, number, number] {
  const { size, mtimeMs } = statSync(path)
  return [realpathSync(path), size, mtimeMs]
}

/** Options that make QEMU wait for a snapshot instead of starting its guest. */
export const incomingOptions = ['-incoming', 'defer']

/**
 * Writes the state of a guest into a file; the guest stands still meanwhile.
 *
 * @param path of an empty file
 * @param console what the guest has said so far, and grows: whoever goes on from here has said it, too
 * @throws when QEMU cannot
 */
export async function saveSnapshot(qmp: QmpClient, path: string, console: string[]): Promise<void> {
  const [heading, growing] = [`${path}.heading`, `${path}.growing`]
  await qmp.execute('stop')
  try {
    // Its last words are still on their way from QEMU to us.
    await pause(lookEveryMs)
    const text = Buffer.from(console.map((line) => `${line}\n`).join(''))
    writeFileSync(heading, Buffer.concat([Buffer.from(`${text.length}\n`.padStart(headingLength)), text]))
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 })
    // QEMU is done before its child has written all: what stands under the right name is whole.
    const write = `cat ${shellWord(heading)} - > ${shellWord(growing)} && mv ${shellWord(growing)} ${shellWord(path)}`
    await qmp.execute('migrate', { uri: `exec:${write}` })
    await until(() => isMigrated(qmp))
    await until(async () => statSync(path).size > 0)
  } finally {
    rmSync(heading, { force: true })
    rmSync(growing, { force: true })
    await qmp.execute('cont')
  }
}

/**
 * Lets a QEMU that was started with `incomingOptions` go on from a file.
 *
 * @returns what the guest has said before. @throws when QEMU does not take it
 */
export async function loadSnapshot(qmp: QmpClient, path: string): Promise<string[]> {
  const console = consoleOf(path)
  const skip = headingLength + console.length + 1
  await qmp.execute('migrate-incoming', { uri: `exec:tail -c +${skip} ${shellWord(path)}` })
  await until(() => isMigrated(qmp))
  // It was stopped when it was saved.
  await qmp.execute('cont')
  return console.toString().split('\n').slice(0, -1)
}

function consoleOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const heading = Buffer.alloc(headingLength)
    readSync(file, heading)
    const console = Buffer.alloc(Number(heading.toString()))
    readSync(file, console)
    return console
  } finally {
    closeSync(file)
  }
}

async function isMigrated(qmp: QmpClient): Promise<boolean> {
  const { status } = (await qmp.execute('query-migrate')) as { status?: string }
  if (status === 'failed' || status === 'cancelled') throw new Error(`QEMU says that it ${status}`)
  return status === 'completed'
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now()
  while (!(await isSo())) {
    if (performance.now() - start > limitMs) throw new Error('it takes too long')
    await pause(lookEveryMs)
  }
}
