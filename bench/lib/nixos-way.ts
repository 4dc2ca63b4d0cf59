import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { median } from './median.ts'

/** What a guest boots. */
export interface GuestFiles {
  kernel: string
  initrd: string
}

/** Times of one VM. */
export interface VmTimes {
  /** From the start of QEMU to the answer of the first command. */
  bootSeconds: number
  /** Median of a number of `true`s. */
  roundTripMs: number
}

/**
 * Boots a guest of ours as the NixOS test driver boots it (QEMU's usual devices, a shell on the virtio console) and
 * talks to its shell as that driver's `succeed` does: `bash -c`, base64 and the exit status in a second line. So the
 * comparison holds on this host at this moment, whatever else runs here.
 */
export async function nixosWay(guest: GuestFiles, folder: string, roundTrips: number): Promise<VmTimes> {
  const path = join(folder, `nixos-${process.hrtime.bigint()}`)
  const server = createServer().listen(path)
  await once(server, 'listening')
  const start = performance.now()
  const qemu = spawn('qemu-system-x86_64', options(guest, path), { stdio: ['ignore', 'pipe', 'ignore'] })
  qemu.stdout.resume()
  const ended = once(qemu, 'close')
  try {
    const died = ended.then(() => Promise.reject(new Error('QEMU ended before it connected')))
    const [socket] = (await Promise.race([once(server, 'connection'), died])) as [Socket]
    const shell = new LineReader(socket)
    while (!(await shell.line()).includes('Spawning backdoor root shell...'));
    await succeedTrue(socket, shell)
    const bootSeconds = (performance.now() - start) / 1000
    const times: number[] = []
    for (let count = 0; count < roundTrips; count++) {
      const begin = performance.now()
      await succeedTrue(socket, shell)
      times.push(performance.now() - begin)
    }
    return { bootSeconds, roundTripMs: median(times) }
  } finally {
    qemu.kill('SIGKILL')
    await ended
    server.close()
    rmSync(path, { force: true })
  }
}

/** Two cards, as a node of one vlan has there; both lead nowhere. */
function options({ kernel, initrd }: GuestFiles, shell: string): string[] {
  const parameters = 'console=tty0 console=ttyS0 panic=1 boot.panic_on_fail clocksource=acpi_pm loglevel=7'
  const card = (id: string) => [
    '-device',
    `virtio-net-pci,netdev=${id}`,
    '-netdev',
    `hubport,id=${id},hubid=0`,
  ]
  return [
    ...[
      '-accel',
      'tcg,thread=multi',
      '-cpu',
      'qemu64',
      '-name',
      'machine',
      '-m',
      '256',
      '-smp',
      '1',
      '-nic',
      'none',
    ],
    ...[...card('user.0'), ...card('vlan1')],
    ...['-kernel', kernel, '-initrd', initrd, '-append', parameters],
    ...[
      '-chardev',
      `socket,id=shell,path=${shell}`,
      '-device',
      'virtio-serial',
      '-device',
      'virtconsole,chardev=shell',
    ],
    ...['-device', 'virtio-rng-pci', '-serial', 'stdio', '-monitor', 'none', '-no-reboot', '-nographic'],
  ]
}

async function succeedTrue(socket: Socket, shell: LineReader): Promise<void> {
  socket.write("bash -c 'set -euo pipefail; true' | (base64 -w 0; echo)\n")
  await shell.line()
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the guest's shell reads this
  socket.write('echo ${PIPESTATUS[0]}\n')
  const status = await shell.line()
  if (status.trim() !== '0') throw new Error(`the guest's shell said ${status}`)
}

class LineReader {
  readonly #socket: Socket
  #text = ''

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#text += text
    })
  }

  async line(): Promise<string> {
    while (!this.#text.includes('\n')) await once(this.#socket, 'data')
    const end = this.#text.indexOf('\n')
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    return line
  }
}
