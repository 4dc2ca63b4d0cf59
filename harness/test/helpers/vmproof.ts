import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { projectRoot } from './project-root.ts'

const bin = join(projectRoot, 'harness/bin.mjs')

/** A vmproof command that is running. */
export interface RunningVmproof {
  child: ChildProcess
  pid: number
  /** Resolves when its standard output or error holds the text. Rejects when it ends without it. */
  seen(text: string): Promise<void>
  /** Both outputs until now. */
  said(): string
  ended: Promise<EndedVmproof>
}

export interface EndedVmproof {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Starts the command as a user would, outside of any terminal; it is killed when the test has finished. */
export function startVmproof(args: string[], cwd: string, env: Record<string, string> = {}): RunningVmproof {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: join(cwd, '.cache'), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<EndedVmproof>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...said }))
  })
  const seen = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (said.stdout.includes(text) || said.stderr.includes(text)) resolve()
      }
      listeners.add(look)
      look()
      void ended.then(() => reject(new Error(`never said "${text}":\n${said.stdout}${said.stderr}`)))
    })
  return { child, pid: child.pid ?? 0, seen, said: () => said.stdout + said.stderr, ended }
}

export async function vmproof(
  args: string[],
  cwd: string,
  env?: Record<string, string>,
): Promise<EndedVmproof> {
  return startVmproof(args, cwd, env).ended
}
