import { dirname, join } from 'node:path'
import { type NixMessage, parseNixJsonLine } from '../log/nix-json.ts'
import { plainText } from '../log/nix-text.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { type Child, type ChildExit, startChild } from '../process/child.ts'
import { findNix } from '../process/find-program.ts'
import { readLines, readText } from './read-lines.ts'

/** The programs of Nix that are called. */
export type NixTool = 'nix' | 'nix-store' | 'nix-instantiate'

/** An error message of Nix as internal-json carries it; see `NixMessage`. */
export interface NixErrorText {
  text: string
  raw: string | null
}

/** What a call of Nix that has ended said. */
export interface NixRun {
  ok: boolean
  exit: ChildExit
  stdout: string
  errors: NixErrorText[]
}

/** What holds for one call of Nix. */
export interface NixRunOptions {
  signal?: AbortSignal
  /** Bound on the process's address space. */
  memoryMiB?: number
  onMessage?: (message: NixMessage) => void
}

/** How Nix programs are started: found once, always with the same options. */
export interface NixCommand {
  /** Path of the program `nix`; the others stand beside it. */
  program: string
  /** Starts it with errors and activities as internal-json on standard error. */
  start(tool: NixTool, args: string[], options?: Pick<NixRunOptions, 'memoryMiB'>): Child
  /** Runs it to its end. Rejects only when Nix is not installed. */
  run(tool: NixTool, args: string[], options?: NixRunOptions): Promise<NixRun>
  /** The same Nix with further `--option NAME VALUE`. */
  withOptions(options: Record<string, string>): NixCommand
}

/** @throws UserError when Nix is not installed */
export function createNixCommand(options: Record<string, string>): NixCommand {
  const folder = nixFolder()
  const fixed = [
    ...['--extra-experimental-features', 'nix-command flakes'],
    ...Object.entries(options).flatMap(([name, value]) => ['--option', name, value]),
  ]
  const start: NixCommand['start'] = (tool, args, { memoryMiB } = {}) => {
    const command = [join(folder, tool), ...args, '--log-format', 'internal-json', ...fixed]
    const [program = '', ...rest] = memoryMiB === undefined ? command : bounded(command, memoryMiB)
    return startChild(program, rest)
  }
  return {
    program: join(folder, 'nix'),
    start,
    run: (tool, args, runOptions = {}) => runToEnd(start(tool, args, runOptions), runOptions),
    withOptions: (more) => createNixCommand({ ...options, ...more }),
  }
}

async function runToEnd(child: Child, { signal, onMessage }: NixRunOptions): Promise<NixRun> {
  const errors: NixErrorText[] = []
  const stop = () => void child.stop()
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  const onLine = (line: string) => {
    const message = parseNixJsonLine(line)
    if (message) onMessage?.(message)
    const error = message ? errorOf(message) : { text: line, raw: null }
    if (error && errors.length < maxErrors) errors.push(error)
  }
  try {
    const [stdout] = await Promise.all([readText(child.stdout), readLines(child.stderr, onLine)])
    const exit = await child.exited
    return { ok: exit.code === 0, exit, stdout, errors }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

const maxErrors = 200

/** `builtins.trace` speaks at level 0 as well; the note about --show-trace says nothing. */
export function errorOf(message: NixMessage): NixErrorText | null {
  if (message.type !== 'message' || message.level !== 0) return null
  if (message.text.startsWith('trace: ') || message.text.startsWith('(use ')) return null
  return { text: message.text, raw: message.raw }
}

/** All the words of a failed run, for when no single message explains it. */
export function wordsOf(run: NixRun): string[] {
  return run.errors.flatMap((error) => plainText(error.text).split('\n')).filter((line) => line.trim() !== '')
}

/** ulimit(1p) -v counts KiB of address space; a system without it runs unbounded. */
function bounded(command: string[], memoryMiB: number): string[] {
  const script = 'ulimit -v "$1" 2>/dev/null; shift; exec "$@"'
  return ['/bin/sh', '-c', script, 'sh', String(memoryMiB * 1024), ...command]
}

function nixFolder(): string {
  const nix = findNix()
  if (nix) return dirname(nix)
  throw new UserError(
    'Nix is not installed: there is no program nix on PATH',
    ['vmproof setup installs it on Debian and Ubuntu; elsewhere see https://nixos.org/download'],
    exitCodes.infrastructure,
  )
}
