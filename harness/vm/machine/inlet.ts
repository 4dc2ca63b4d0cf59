import { createServer, type Socket } from 'node:net'
import { MachineError } from '../errors.ts'

/** A Unix socket address has room for 107 bytes and a NUL: unix(7). */
const longestSocketPath = 107

/** A Unix socket on which we wait for QEMU: QEMU connects, so that it has nothing that listens. */
export interface Inlet {
  /** Resolves with QEMU's connection; never rejects, and never resolves after `close`. */
  connected: Promise<Socket>
  /** Stops waiting, and ends the connection where there is one. */
  close(): void
}

/**
 * Takes one connection and closes the door behind it: the file is gone then.
 *
 * @param path must not exist. @throws MachineError when a socket cannot be made there
 */
export async function openInlet(path: string): Promise<Inlet> {
  checkSocketPath(path)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  let connection: Socket | null = null
  const connected = new Promise<Socket>((resolve) => {
    server.once('connection', (socket) => {
      connection = socket
      server.close()
      resolve(socket)
    })
  })
  const close = () => {
    server.close()
    connection?.destroy()
  }
  return { connected, close }
}

/** @throws MachineError instead of the kernel's "invalid argument" */
export function checkSocketPath(path: string): void {
  const length = Buffer.byteLength(path)
  if (length <= longestSocketPath) return
  throw new MachineError(
    `the path of a Unix socket has at most ${longestSocketPath} bytes, this one has ${length}: ${path}. ` +
      'Give the node a shorter name, or set TMPDIR to a shorter folder',
  )
}
