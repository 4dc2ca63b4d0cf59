import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { quote } from '../machine/backdoor.ts'
import { CopyJob, type CopyPaths, hostError } from './copy-job.ts'
import type { GuestShell } from './guest-shell.ts'

/** Bytes that one command takes. */
const pieceBytes = 1024 * 1024

/**
 * Copies a file or a folder from the host into a guest, in pieces, whatever its size; verifies its checksum before
 * it appears under its name. It belongs to root there and keeps its mode.
 *
 * @throws RequestedAssertionFailed naming both paths
 */
export async function copyToGuest(shell: GuestShell, paths: CopyPaths, seconds: number): Promise<void> {
  const job = new CopyJob(shell, paths, seconds)
  const info = await lookAt(job)
  if (info.isFile()) await copyFile(job, info.mode & 0o7777)
  else if (info.isDirectory()) await copyFolder(job)
  else throw job.failed('it is neither a file nor a folder')
}

async function lookAt(job: CopyJob): Promise<Stats> {
  try {
    return await stat(job.from)
  } catch (error) {
    throw job.failed(hostError(error))
  }
}

async function copyFile(job: CopyJob, mode: number): Promise<void> {
  const part = `${job.to}.vmproof-part`
  await job.guest(`! test -d ${quote(job.to)} || { echo a folder of that name is there; exit 1; }`)
  await upload(job, createReadStream(job.from, { highWaterMark: pieceBytes }), part)
  await job.guest(`chmod ${mode.toString(8)} ${quote(part)} && mv -f ${quote(part)} ${quote(job.to)}`)
}

async function copyFolder(job: CopyJob): Promise<void> {
  const part = `${job.to}.vmproof-part`
  await job.guest('command -v tar > /dev/null || { echo it has no tar, which a folder needs; exit 1; }')
  const tar = job.tarOnHost(['-C', job.from, '--owner=0', '--group=0', '-cf', '-', '.'])
  await upload(job, tar.output, part)
  await tar.done
  const target = quote(job.to)
  await job.guest(`mkdir -p ${target} && tar -xpf ${quote(part)} -C ${target} && rm -f ${quote(part)}`)
}

/** @param part path in the guest; what stood there is replaced */
async function upload(job: CopyJob, bytes: AsyncIterable<Buffer>, part: string): Promise<void> {
  const hash = createHash('sha256')
  const file = quote(part)
  await job.guest(`mkdir -p "$(dirname ${file})" && : > ${file}`)
  try {
    for await (const piece of inPieces(bytes)) {
      hash.update(piece)
      await job.guest(`cat >> ${file}`, piece)
    }
    const [arrived = ''] = (await job.guest(`sha256sum < ${file}`)).split(' ')
    const sent = hash.digest('hex')
    if (arrived !== sent) throw job.failed(`it arrived changed: SHA-256 ${arrived} instead of ${sent}`)
  } catch (error) {
    await job.guest(`rm -f ${file}`).catch(() => undefined)
    throw isSystemError(error) ? job.failed(hostError(error)) : error
  }
}

/** Cuts what is too long for one command, and gathers what is too short to be worth one. */
async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    rest.push(chunk)
    length += chunk.length
    if (length < pieceBytes) continue
    const all = Buffer.concat(rest)
    const whole = length - (length % pieceBytes)
    for (let at = 0; at < whole; at += pieceBytes) yield all.subarray(at, at + pieceBytes)
    rest = [all.subarray(whole)]
    length -= whole
  }
  if (length > 0) yield Buffer.concat(rest)
}

/** Of reading on the host. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
