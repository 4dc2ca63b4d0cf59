import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { type ChildOptions, startChild } from '../process/child.ts'
import { findOnPath } from '../process/find-program.ts'

/** What a program did. */
export interface ProgramResult {
  /** null when a signal ended it or it never started. */
  code: number | null
  stdout: Buffer
  stderr: string
}

/** Runs a program to its end. Its outputs are kept whole: nothing but packages and their lists pass through here. */
export async function runProgram(
  program: string,
  args: string[],
  options: ChildOptions & { signal?: AbortSignal } = {},
): Promise<ProgramResult> {
  const { signal, ...childOptions } = options
  signal?.throwIfAborted()
  const child = startChild(program, args, { ...childOptions, env: { LC_ALL: 'C', ...childOptions.env } })
  const abort = () => child.kill()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const [stdout, stderr, exit] = await Promise.all([
      collect(child.stdout),
      collect(child.stderr),
      child.exited,
    ])
    signal?.throwIfAborted()
    return { code: exit.code, stdout, stderr: exit.startError ?? stderr.toString() }
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** @throws UserError naming those programs that are not on PATH, and the packages that bring them */
export function demandPrograms(packages: Record<string, string>): void {
  const missing = Object.entries(packages).filter(([program]) => findOnPath(program) === null)
  if (missing.length === 0) return
  const names = missing.map(([program]) => program).join(', ')
  throw new UserError(
    `this host has no ${names}`,
    [
      'guests are put together from Debian packages, which apt fetches and dpkg-deb reads',
      `install ${[...new Set(missing.map(([, name]) => name))].join(', ')}, or give the node a kernel and initrd by path`,
    ],
    exitCodes.infrastructure,
  )
}
