import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { killGroup, killTree } from './kill-tree.ts'

export interface ChildOptions {
  cwd?: string
  /** Added to the harness's own environment; undefined removes a variable. */
  env?: Record<string, string | undefined>
  /** Seconds between SIGTERM and SIGKILL when the child is stopped. */
  graceSeconds?: number
}

export interface ChildExit {
  /** null when a signal ended it or it never started. */
  code: number | null
  signal: NodeJS.Signals | null
  /** The program could not be started at all; one line. */
  startError: string | null
}

/** A running program. Its output streams must be read, else it blocks when the pipe is full. */
export interface Child {
  pid: number | undefined
  stdout: Readable
  stderr: Readable
  /** Resolves when it has ended and its output is complete; never rejects. */
  exited: Promise<ChildExit>
  /** SIGTERM, then after the grace SIGKILL to it and to all its descendants. Resolves when it is gone. */
  stop(): Promise<ChildExit>
  /** SIGKILL to it and all its descendants, now. */
  kill(): void
}

/**
 * Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches only the harness, which
 * then decides. Where `setpriv` (util-linux 2.33) exists, the child gets SIGTERM from the kernel when the
 * harness dies, whatever killed it: prctl(2), PR_SET_PDEATHSIG.
 */
export function startChild(command: string, args: string[], options: ChildOptions = {}): Child {
  const [program, ...rest] = withDeathSignal([command, ...args])
  const subprocess = execa(program ?? command, rest, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? {},
    stdin: 'ignore',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: true,
    encoding: 'buffer',
    stripFinalNewline: false,
  })
  // What it left behind in its group, such as the child of a shell that SIGTERM ended, would outlive us and keep
  // the output open, for which `exited` waits.
  subprocess.once('exit', () => {
    if (subprocess.pid !== undefined) killGroup(subprocess.pid)
  })
  const exited = subprocess.then(
    (result): ChildExit => ({
      code: result.exitCode ?? null,
      signal: (result.signal ?? null) as NodeJS.Signals | null,
      startError: subprocess.pid === undefined ? (result.shortMessage ?? 'could not be started') : null,
    }),
  )
  const kill = () => {
    if (subprocess.pid !== undefined) killTree(subprocess.pid)
  }
  return {
    pid: subprocess.pid,
    stdout: subprocess.stdout as Readable,
    stderr: subprocess.stderr as Readable,
    exited,
    kill,
    stop: async () => {
      subprocess.kill('SIGTERM')
      const timer = setTimeout(kill, (options.graceSeconds ?? 10) * 1000)
      try {
        return await exited
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function withDeathSignal(command: string[]): string[] {
  return setprivPath() ? [setprivPath() as string, '--pdeathsig', 'TERM', '--', ...command] : command
}

let setpriv: string | null | undefined

function setprivPath(): string | null {
  setpriv ??= process.platform === 'linux' ? findOnPath('setpriv') : null
  return setpriv
}

/** @returns the absolute path of a program on PATH, or null */
export function findOnPath(program: string, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder || '.', program)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      // Not in this folder.
    }
  }
  return null
}
