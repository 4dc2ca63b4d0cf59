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

/** A program's bytes. Debian 12 has programs in /bin too, newer distributions in /usr/bin alone. */
export function programIn({ files }: PackageContent, name: string): Buffer {
  const found = files.find(
    (entry) => entry.type === 'file' && /^(usr\/)?bin\//.test(entry.path) && entry.path.endsWith(`/${name}`),
  )
  if (found?.type === 'file') return found.content
  throw new Error(`no program ${name} is in the package that is named for it`)
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
