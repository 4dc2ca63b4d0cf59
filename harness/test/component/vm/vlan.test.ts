import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Card, Vlan } from '../../../vm/machine/vlan.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const cards = ['a', 'b', 'c', 'd'].map((node): Card => ({ node, interface: 'eth1' }))

async function startVlan(): Promise<Vlan> {
  const vlan = await Vlan.start(1, join(scratchFolder(), 'vlan1'), cards)
  onTestFinished(() => vlan.stop())
  return vlan
}

/** A port as QEMU opens it. */
interface Plug {
  socket: Socket
  send(text: string, to?: string): void
  read(length: number): Promise<Buffer>
  /** The next frame's text. */
  next(): Promise<string>
}

async function plug(vlan: Vlan, node: string): Promise<Plug> {
  const socket = connect(vlan.socketOf({ node, interface: 'eth1' }))
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  const received = new Reader(socket)
  return {
    socket,
    send: (text, to = broadcast) => void socket.write(frame(text, node, to)),
    read: (length) => received.read(length),
    next: async () => {
      const length = (await received.read(4)).readUInt32BE(0)
      return (await received.read(length)).toString('latin1', headerLength)
    },
  }
}

async function plugAll(vlan: Vlan) {
  const [a, b, c, d] = await Promise.all(cards.map(({ node }) => plug(vlan, node)))
  return { a, b, c, d } as Record<'a' | 'b' | 'c' | 'd', Plug>
}

class Reader {
  readonly #socket: Socket
  #chunks: Buffer[] = []
  #length = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.#chunks.push(bytes)
      this.#length += bytes.length
    })
  }

  async read(length: number): Promise<Buffer> {
    while (this.#length < length) await once(this.#socket, 'data')
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all.subarray(length)]
    this.#length -= length
    return all.subarray(0, length)
  }
}

/** Destination, source and type of an Ethernet frame. */
const headerLength = 14
const broadcast = '*'

function address(node: string): Buffer {
  return node === broadcast
    ? Buffer.alloc(6, 0xff)
    : Buffer.from([0x52, 0x54, 0, 0x12, 1, node.charCodeAt(0)])
}

function frame(text: string, from: string, to = broadcast): Buffer {
  const bytes = Buffer.concat([address(to), address(from), Buffer.from([0x88, 0xb5]), Buffer.from(text)])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Makes the switch learn who is where, as any first packet does. */
async function introduce(plugs: Record<string, Plug>): Promise<void> {
  for (const [name, one] of Object.entries(plugs)) {
    one.send(`I am ${name}`)
    for (const other of Object.values(plugs)) {
      if (other !== one) expect(await other.next()).toBe(`I am ${name}`)
    }
  }
}

describe('frames', () => {
  test('to all reach all other ports and never come back', async () => {
    const { a, b, c } = await plugAll(await startVlan())
    a.send('from a')
    expect(await b.next()).toBe('from a')
    expect(await c.next()).toBe('from a')
    b.send('from b')
    expect(await a.next()).toBe('from b')
  })

  test('to an address that was seen reach only its port, whatever else comes in the same piece', async () => {
    const plugs = await plugAll(await startVlan())
    await introduce(plugs)
    const { a, b, c, d } = plugs
    a.socket.write(
      Buffer.concat([
        ...[frame('b1', 'a', 'b'), frame('b2', 'a', 'b'), frame('c', 'a', 'c')],
        ...[frame('all', 'a'), frame('b3', 'a', 'b')],
      ]),
    )
    expect([await b.next(), await b.next(), await b.next(), await b.next()]).toEqual([
      'b1',
      'b2',
      'all',
      'b3',
    ])
    expect([await c.next(), await c.next()].slice(0, 2)).toEqual(['c', 'all'])
    expect(await d.next()).toBe('all')
  })

  test('follow an address that has moved to another port', async () => {
    const plugs = await plugAll(await startVlan())
    await introduce(plugs)
    const { a, b, c } = plugs
    c.socket.write(frame('b is here now', 'b'))
    expect(await a.next()).toBe('b is here now')
    a.send('found', 'b')
    expect(await c.next()).toBe('found')
    b.send('still there')
    expect(await a.next()).toBe('still there')
  })

  test('of two ports do not mix, even when they come in pieces', async () => {
    const { a, b, c } = await plugAll(await startVlan())
    const whole = frame('first half second half', 'a')
    a.socket.write(whole.subarray(0, 24))
    b.send('between')
    expect(await c.next()).toBe('between')
    a.socket.write(whole.subarray(24))
    expect(await c.next()).toBe('first half second half')
  })

  test('of one switch are unknown to another', async () => {
    const [one, other] = [await plugAll(await startVlan()), await plugAll(await startVlan())]
    one.a.send('secret')
    expect(await one.b.next()).toBe('secret')
    other.a.send('public')
    expect(await other.b.next()).toBe('public')
  })

  test('too short to have addresses go to all', async () => {
    const { a, b } = await plugAll(await startVlan())
    a.socket.write(Buffer.from([0, 0, 0, 2, 1, 2, 0, 0, 0, 0]))
    a.send('then')
    expect((await b.read(10)).toString('hex')).toBe('00000002010200000000')
    expect(await b.next()).toBe('then')
  })
})

describe('a partition', () => {
  test('cuts its groups off from each other, not from themselves, nor from whom it does not name', async () => {
    const vlan = await startVlan()
    const plugs = await plugAll(vlan)
    await introduce(plugs)
    const { a, b, c, d } = plugs
    vlan.partition([['a', 'b'], ['c']])
    a.send('to my side')
    expect(await b.next()).toBe('to my side')
    expect(await d.next()).toBe('to my side')
    d.send('to both sides')
    expect(await c.next()).toBe('to both sides')
    a.send('lost', 'c')
    a.send('the switch has seen both')
    const seen = [await b.next(), await b.next(), await b.next()]
    expect(seen).toEqual(['to both sides', 'lost', 'the switch has seen both'])
    vlan.heal()
    a.send('whole again', 'c')
    expect(await c.next()).toBe('whole again')
  })
})

describe('a port', () => {
  test('whose link is down neither sends nor receives', async () => {
    const vlan = await startVlan()
    const { a, b, c } = await plugAll(vlan)
    vlan.setLink({ node: 'b', interface: 'eth1' }, false)
    b.send('lost')
    a.send('not for b')
    expect(await c.next()).toBe('not for b')
    vlan.setLink({ node: 'b', interface: 'eth1' }, true)
    a.send('for both')
    expect(await b.next()).toBe('for both')
    expect(await c.next()).toBe('for both')
  })

  test('that speaks nonsense is pulled, the others go on', async () => {
    const { a, b, c: bad } = await plugAll(await startVlan())
    bad.socket.on('error', () => undefined)
    bad.socket.resume()
    bad.socket.write(Buffer.alloc(8, 0xff))
    await once(bad.socket, 'close')
    a.send('still')
    expect(await b.next()).toBe('still')
  })

  test('is taken over when its node starts again', async () => {
    const vlan = await startVlan()
    const { a, b } = await plugAll(vlan)
    a.socket.on('error', () => undefined)
    a.socket.resume()
    const again = await plug(vlan, 'a')
    await once(a.socket, 'close')
    again.send('back')
    expect(await b.next()).toBe('back')
  })

  test('whose guest does not read loses frames instead of filling memory', async () => {
    const vlan = await startVlan()
    const { a, b, c } = await plugAll(vlan)
    b.socket.pause()
    const text = 'x'.repeat(200_000)
    for (let count = 0; count < 60; count++) {
      a.send(text)
      expect(await c.next()).toBe(text)
    }
    b.socket.resume()
    let received = 0
    while ((await b.next()) !== 'last') {
      received++
      a.send('last')
    }
    expect(received).toBeLessThan(40)
  })
})

test('a path too long for a socket is told as that', async () => {
  const folder = join(scratchFolder(), 'x'.repeat(100))
  await expect(Vlan.start(1, folder, cards)).rejects.toThrow(/at most 107 bytes, this one has 1\d\d: /)
})
