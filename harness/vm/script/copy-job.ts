import { performance } from 'node:perf_hooks'
import { PassThrough } from 'node:stream'
import { type ChildExit, startChild } from '../../process/child.ts'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import type { GuestShell } from './guest-shell.ts'

/** One copy between host and guest. */
export interface CopyPaths {
  from: string
  to: string
  /** The guest's. */
  node: string
}

/** A copy that is being made, in pieces that each are one command of the guest. */
export class CopyJob {
  readonly #shell: GuestShell
  readonly #paths: CopyPaths
  readonly #seconds: number
  readonly #start = performance.now()

  /** @param seconds that all of it may take */
  constructor(shell: GuestShell, paths: CopyPaths, seconds: number) {
    this.#shell = shell
    this.#paths = paths
    this.#seconds = seconds
  }

  get from(): string {
    return this.#paths.from
  }

  get to(): string {
    return this.#paths.to
  }

  /**
   * Runs a command in the guest.
   * @param input its standard input; null: empty. @returns its output, line end removed. @throws when it fails
   */
  async guest(command: string, input: Uint8Array | null = null): Promise<string> {
    return (await this.guestBytes(`{ ${command}; } 2>&1`, input)).toString('utf8').trimEnd()
  }

  /** As `guest`, with the output as it came; what goes to standard error is lost. */
  async guestBytes(command: string, input: Uint8Array | null = null): Promise<Buffer> {
    const left = this.#seconds - secondsSince(this.#start)
    if (left <= 0) throw this.failed(`it was not done after ${this.#seconds} seconds`)
    const { status, output } = await this.#shell.runForBytes(command, left, input)
    if (status === 0) return output
    const said = output.subarray(-300).toString('utf8').trim().split('\n').at(-1)
    throw this.failed(`the guest says: ${said || `exit code ${status}`}`)
  }

  /** Runs `tar` on the host. @returns its output while it comes, and its end */
  tarOnHost(args: string[]): { output: AsyncIterable<Buffer>; done: Promise<void> } {
    const child = startChild('tar', args)
    const said: Buffer[] = []
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes))
    const done = child.exited.then((exit) => {
      if (exit.code === 0) return
      throw this.failed(`tar on the host: ${Buffer.concat(said).toString('utf8').trim() || describe(exit)}`)
    })
    // Whoever reads the output learns of it afterwards.
    done.catch(() => undefined)
    // Node throws away what nobody has begun to read when a child ends.
    return { output: child.stdout.pipe(new PassThrough()), done }
  }

  /** @param why one line */
  failed(why: string): RequestedAssertionFailed {
    const { from, to, node } = this.#paths
    return new RequestedAssertionFailed(`cannot copy ${from} to ${to} (node ${node}): ${why}`)
  }
}

function describe({ startError, code, signal }: ChildExit): string {
  return startError ?? `ended by ${signal ?? `exit code ${code}`}`
}

/** The words of an error of the host's file system, without its code: `no such file or directory, open '…'`. */
export function hostError(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replace(/^[A-Z]+: /, '')
}
