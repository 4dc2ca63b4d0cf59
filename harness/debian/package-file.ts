import { basename } from 'node:path'
import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { runProgram } from './programs.ts'
import { readTar, type TarEntry } from './tar.ts'

/** What a .deb file brings. */
export interface PackageContent {
  files: TarEntry[]
  /** Script that installing would run; empty when it has none. */
  postinst: string
}

/** Reads a .deb file: nothing is unpacked to disk, no script runs, and modes stay as the package has them. */
export async function readPackageFile(path: string, signal?: AbortSignal): Promise<PackageContent> {
  const [files, control] = await Promise.all([
    archiveIn(path, '--fsys-tarfile', signal),
    archiveIn(path, '--ctrl-tarfile', signal),
  ])
  const script = [...readTar(control)].find((entry) => entry.path === 'postinst')
  return {
    files: [...readTar(files)],
    postinst: script?.type === 'file' ? script.content.toString() : '',
  }
}

async function archiveIn(path: string, part: string, signal?: AbortSignal): Promise<Buffer> {
  const { code, stdout, stderr } = await runProgram('dpkg-deb', [part, path], signal ? { signal } : {})
  if (code === 0) return stdout
  throw new UserError(
    `the package ${basename(path)} cannot be read`,
    stderr.split('\n').filter(Boolean),
    exitCodes.infrastructure,
  )
}
