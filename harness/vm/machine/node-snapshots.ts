import { randomBytes } from 'node:crypto'
import type { NodeConfig, TestConfig } from '../test-config.ts'
import type { Backdoor } from './backdoor.ts'
import { maySnapshot } from './may-snapshot.ts'
import type { QmpClient } from './qmp.ts'
import { reseedProgram } from './reseed-program.ts'
import { saveSnapshot, snapshotKey } from './snapshot.ts'
import { SnapshotStore } from './snapshot-store.ts'

/** ENODATA: the kernel has not gathered enough yet, so there is nothing to forget. */
const notSeeded = 61

/** The snapshot of one node, where it may have one. */
export class NodeSnapshots {
  readonly #store: SnapshotStore | null
  readonly #key: () => string

  constructor(test: TestConfig, node: NodeConfig) {
    this.#store =
      test.snapshots !== null && maySnapshot(test, node) ? new SnapshotStore(test.snapshots) : null
    this.#key = () => snapshotKey(test, node)
  }

  /** Whether a boot is worth being remembered. */
  get isPossible(): boolean {
    return this.#store !== null
  }

  /** @returns the path of an intact snapshot, or null */
  async find(): Promise<string | null> {
    return (await this.#store?.find(this.#key())) ?? null
  }

  /** Keeps the state of a guest whose shell has just greeted, unless another process is at it. @param console so far */
  async save(qmp: QmpClient, console: string[]): Promise<void> {
    await this.#store?.add(this.#key(), (path) => saveSnapshot(qmp, path, console))
  }

  /** Of no use to QEMU. */
  discard(path: string): void {
    this.#store?.discard(path)
  }
}

/**
 * Gives a guest that went on from a snapshot the present time, and randomness of its own: every guest from the same
 * snapshot would draw the same numbers.
 */
export async function renew(backdoor: Backdoor): Promise<void> {
  const program = '/run/vmproof-reseed'
  const command = [
    `printf '${octal(reseedProgram())}' > ${program}`,
    `busybox chmod 755 ${program}`,
    `printf '${octal(randomBytes(64))}' > /dev/urandom`,
    `${program} || [ $? -eq ${notSeeded} ]`,
    `busybox rm ${program}`,
    `busybox date -s @${Math.round(Date.now() / 1000)} > /dev/null`,
  ].join('\n')
  const { status } = await backdoor.execute({ command, timeoutSeconds: null, input: null })
  if (status !== 0)
    throw new Error(`a guest from a snapshot could not be given new random numbers (exit code ${status})`)
}

/** For printf's format: every byte as three octal digits. */
function octal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
