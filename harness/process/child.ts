import { type ChildProcess, spawn } from 'node:child_process'
import { Readable, type Writable } from 'node:stream'
import { findOnPath } from './find-program.ts'
import { killGroup, killTree } from './kill-tree.ts'

/** How a child differs from the harness's own surroundings. */
export interface ChildOptions {
  cwd?: string
  /** Added to the harness's own environment; undefined removes a variable. */
  env?: Record<string, string | undefined>
  /** Seconds between SIGTERM and SIGKILL when the child is stopped. */
  graceSeconds?: number
  /**
   * What the kernel sends it when the harness dies; default TERM. KILL is for what leaves nothing to clean up: it also
   * reaches a process that was stopped, as all are while a tree of them is killed.
   */
  deathSignal?: 'TERM' | 'KILL'
  /** Gives it a standard input, which is otherwise empty. */
  hasInput?: boolean
  /** Opens file descriptor 3 of the child, for what it tells the harness beside its two outputs. */
  hasReport?: boolean
}

/** How a child ended. */
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
  /** null unless it was asked for. */
  stdin: Writable | null
  stdout: Readable
  stderr: Readable
  /** What it writes to file descriptor 3; empty unless it was opened. */
  report: Readable
  /** Resolves when it has ended and its output is complete; never rejects. */
  exited: Promise<ChildExit>
  /** SIGTERM, then after the grace SIGKILL to it and to all its descendants. Resolves when it is gone. */
  stop(): Promise<ChildExit>
  /** SIGKILL to it and all its descendants, now. */
  kill(): void
}

/**
 * Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches only the harness, which
 * then decides. Where `setpriv` (util-linux 2.33) exists, the child gets a signal from the kernel when the
 * harness dies, whatever killed it: prctl(2), PR_SET_PDEATHSIG.
 */
export function startChild(command: string, args: string[], options: ChildOptions = {}): Child {
  const { cwd, env, graceSeconds = 10, deathSignal = 'TERM', hasInput = false, hasReport = false } = options
  const [program = command, ...rest] = withDeathSignal(deathSignal, [command, ...args])
  try {
    const started = spawn(program, rest, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(hasReport ? (['pipe'] as const) : [])],
      detached: true,
    })
    return childOf(started, graceSeconds)
  } catch (error) {
    // Arguments beyond what the kernel takes, or with a NUL in them, are thrown; most else is an event.
    return neverStarted(error)
  }
}

/**
 * Hands this process's terminal, or whatever its standard streams are, to a program until it ends. It stays in this
 * process group, so that the terminal's signals reach it as well.
 */
export function runInForeground(
  command: string,
  args: string[],
  { cwd, env }: Pick<ChildOptions, 'cwd' | 'env'> = {},
): Promise<ChildExit> {
  const [program = command, ...rest] = withDeathSignal('TERM', [command, ...args])
  const started = spawn(program, rest, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  return new Promise((resolve) => {
    started.once('close', (code, signal) => resolve({ code, signal, startError: null }))
    started.once('error', (error) => resolve(failedStart(error)))
  })
}

function childOf(started: ChildProcess, graceSeconds: number): Child {
  const { pid } = started
  const exited = endOf(started)
  const kill = () => {
    if (pid !== undefined) killTree(pid)
  }
  return {
    pid,
    stdin: started.stdin,
    // Node makes no streams when it has no file descriptor left for them.
    stdout: started.stdout ?? Readable.from([]),
    stderr: started.stderr ?? Readable.from([]),
    report: (started.stdio[3] as Readable | null | undefined) ?? Readable.from([]),
    exited,
    kill,
    stop: async () => {
      started.kill('SIGTERM')
      const timer = setTimeout(kill, graceSeconds * 1000)
      try {
        return await exited
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function endOf(started: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    // What it left behind in its group, such as the child of a shell that SIGTERM ended, would outlive us and keep
    // the output open, for which `close` waits.
    started.once('exit', () => {
      if (started.pid !== undefined) killGroup(started.pid)
    })
    started.once('close', (code, signal) => resolve({ code, signal, startError: null }))
    // A signal that could not be sent is an error, too, and no end.
    started.on('error', (error) => {
      if (started.pid === undefined) resolve(failedStart(error))
    })
  })
}

function neverStarted(error: unknown): Child {
  const exited = Promise.resolve(failedStart(error))
  const nothing = () => Readable.from([])
  const streams = { stdin: null, stdout: nothing(), stderr: nothing(), report: nothing() }
  return { pid: undefined, ...streams, exited, kill: () => {}, stop: () => exited }
}

function failedStart(error: unknown): ChildExit {
  const [startError = ''] = String(error instanceof Error ? error.message : error).split('\n')
  return { code: null, signal: null, startError }
}

function withDeathSignal(name: string, command: string[]): string[] {
  const program = setprivPath()
  return program === null ? command : [program, '--pdeathsig', name, '--', ...command]
}

let setpriv: string | null | undefined

function setprivPath(): string | null {
  if (setpriv === undefined) setpriv = process.platform === 'linux' ? findOnPath('setpriv') : null
  return setpriv
}
