import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Vlan } from '../../../vm/machine/vlan.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

async function startVlan(): Promise<Vlan> {
  const vlan = await Vlan.start(1, join(scratchFolder(), 'vlan1'))
  onTestFinished(() => vlan.stop())
  return vlan
}

/** A port as QEMU opens it; `next` reads a given number of bytes. */
async function plug(vlan: Vlan) {
  const socket = connect(vlan.path)
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  return { socket, next: (length: number) => read(socket, length) }
}

async function read(socket: Socket, length: number): Promise<string> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null
    if (bytes) return bytes.toString('latin1')
    await once(socket, 'readable')
  }
}

function frame(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(text)])
}

test('a frame reaches all other ports and never comes back', async () => {
  const vlan = await startVlan()
  const [a, b, c] = [await plug(vlan), await plug(vlan), await plug(vlan)]
  a.socket.write(frame('from a'))
  expect(await b.next(10)).toBe('\0\0\0\x06from a')
  expect(await c.next(10)).toBe('\0\0\0\x06from a')
  b.socket.write(frame('from b'))
  expect(await a.next(10)).toBe('\0\0\0\x06from b')
})

test('frames of two ports do not mix, even when they come in pieces', async () => {
  const vlan = await startVlan()
  const [a, b, c] = [await plug(vlan), await plug(vlan), await plug(vlan)]
  const whole = frame('first half second half')
  a.socket.write(whole.subarray(0, 14))
  b.socket.write(frame('between'))
  expect(await c.next(11)).toBe('\0\0\0\x07between')
  a.socket.write(whole.subarray(14))
  expect(await c.next(whole.length)).toBe(whole.toString('latin1'))
})

test('two switches know nothing of each other', async () => {
  const [one, other] = [await startVlan(), await startVlan()]
  const [a, b] = [await plug(one), await plug(one)]
  const stranger = await plug(other)
  const partner = await plug(other)
  a.socket.write(frame('secret'))
  expect(await b.next(10)).toContain('secret')
  partner.socket.write(frame('public'))
  expect(await stranger.next(10)).toContain('public')
})

test('a port that speaks nonsense is pulled, the others go on', async () => {
  const vlan = await startVlan()
  const [bad, a, b] = [await plug(vlan), await plug(vlan), await plug(vlan)]
  bad.socket.on('error', () => undefined)
  bad.socket.resume()
  bad.socket.write(Buffer.alloc(8, 0xff))
  await once(bad.socket, 'close')
  a.socket.write(frame('still'))
  expect(await b.next(9)).toContain('still')
})
