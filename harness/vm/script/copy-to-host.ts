import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { quote } from '../machine/backdoor.ts'
import { CopyJob, type CopyPaths, hostError } from './copy-job.ts'
import type { GuestShell } from './guest-shell.ts'

/** Bytes that one answer of the guest carries. */
const pieceBytes = 4 * 1024 * 1024

/**
 * Copies a file or a folder out of a guest, in pieces, whatever its size; verifies its checksum before it appears
 * under its name. It keeps its mode, but for bits that would give rights on the host.
 *
 * @throws RequestedAssertionFailed naming both paths
 */
export async function copyToHost(shell: GuestShell, paths: CopyPaths, seconds: number): Promise<void> {
  const job = new CopyJob(shell, paths, seconds)
  const path = quote(job.from)
  const kind = await job.guest(
    `if test -f ${path}; then echo file; elif test -d ${path}; then echo folder; elif test -e ${path}
     then echo other; else echo no such file or folder; exit 1; fi`,
  )
  try {
    await mkdir(dirname(job.to), { recursive: true })
    if (kind === 'file') await copyFile(job)
    else if (kind === 'folder') await copyFolder(job)
    else throw job.failed('it is neither a file nor a folder')
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? job.failed(hostError(error)) : error
  }
}

async function copyFile(job: CopyJob): Promise<void> {
  const part = `${job.to}.vmproof-part`
  const mode = Number.parseInt(await job.guest(`stat -Lc %a ${quote(job.from)}`), 8) & 0o777
  await download(job, job.from, part)
  await chmod(part, mode)
  await rename(part, job.to)
}

async function copyFolder(job: CopyJob): Promise<void> {
  const part = `${job.to}.vmproof-part`
  const inGuest = `/tmp/vmproof-${randomBytes(6).toString('hex')}.tar`
  await job.guest('command -v tar > /dev/null || { echo it has no tar, which a folder needs; exit 1; }')
  try {
    await job.guest(`tar -C ${quote(job.from)} -cf ${inGuest} .`)
    await download(job, inGuest, part)
    await mkdir(job.to, { recursive: true })
    await job.tarOnHost(['-C', job.to, '--no-same-owner', '-xf', part]).done
    await disarm(job.to)
  } finally {
    await rm(part, { force: true })
    await job.guest(`rm -f ${inGuest}`).catch(() => undefined)
  }
}

/** @param part path on the host; what stood there is replaced */
async function download(job: CopyJob, path: string, part: string): Promise<void> {
  const hash = createHash('sha256')
  const file = quote(path)
  // A file that grows meanwhile is copied as far as it goes now.
  const size = Number(await job.guest(`wc -c < ${file}`))
  const target = await open(part, 'w', 0o600)
  try {
    for (let at = 0; at < size; at += pieceBytes) {
      const wanted = Math.min(pieceBytes, size - at)
      const read = `dd if=${file} bs=${pieceBytes} skip=${at / pieceBytes} count=1 2> /dev/null`
      // Only the last one can have grown.
      const piece = await job.guestBytes(wanted < pieceBytes ? `${read} | head -c ${wanted}` : read)
      hash.update(piece)
      await target.write(piece)
    }
  } finally {
    await target.close()
  }
  const [sent = ''] = (await job.guest(`head -c ${size} ${file} | sha256sum`)).split(' ')
  const arrived = hash.digest('hex')
  if (arrived === sent) return
  await rm(part, { force: true })
  throw job.failed(`it changed while it was copied: SHA-256 ${arrived} instead of ${sent}`)
}

/** A guest's devices and its programs with special rights must be neither on the host. */
async function disarm(path: string): Promise<void> {
  const info = await lstat(path)
  if (info.isSymbolicLink()) return
  if (info.isDirectory()) {
    for (const name of await readdir(path)) await disarm(join(path, name))
  } else if (!info.isFile()) {
    await rm(path)
    return
  }
  if (info.mode & 0o7000) await chmod(path, info.mode & 0o777)
}
