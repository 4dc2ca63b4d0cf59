import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { startChild } from '../../../process/child.ts'
import { QmpClient, QmpClosedError, QmpError, type QmpEvent } from '../../../vm/machine/qmp.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const children: ReturnType<typeof startChild>[] = []
afterAll(() => Promise.all(children.map((child) => child.stop())))

/** A QEMU without a guest, stopped before its first instruction. */
async function startQemu() {
  const path = join(scratchFolder(), 'qmp')
  const client = await QmpClient.listen(path)
  onTestFinished(() => client.close())
  const machine = ['-machine', 'none', '-nodefaults', '-display', 'none', '-S']
  const monitor = ['-chardev', `socket,id=m,path=${path}`, '-mon', 'chardev=m,mode=control']
  const child = startChild('qemu-system-x86_64', [...machine, ...monitor])
  child.stdout.resume()
  child.stderr.resume()
  children.push(child)
  return { client, child }
}

describe('QEMU', () => {
  test('answers each question with its own answer, however many are open', async () => {
    const { client } = await startQemu()
    const [status, name, version] = await Promise.all([
      client.execute('query-status'),
      client.execute('query-name'),
      client.execute('query-version'),
    ])
    expect(status).toMatchObject({ running: false })
    expect(name).toEqual({})
    expect(version).toMatchObject({ qemu: { major: expect.any(Number) } })
  })

  test('refuses what it does not know, in its own words, and goes on', async () => {
    const { client } = await startQemu()
    await expect(client.execute('make-coffee')).rejects.toThrow(QmpError)
    await expect(client.execute('make-coffee')).rejects.toThrow(/refuses make-coffee: .*make-coffee/)
    await expect(client.execute('set_link', { name: 'no-card', up: false })).rejects.toThrow(/no-card/)
    expect(await client.execute('query-status')).toMatchObject({ running: false })
  })

  test('tells events to whoever listens, and no longer to who has stopped', async () => {
    const { client } = await startQemu()
    const heard: QmpEvent[] = []
    const end = client.listen((event) => heard.push(event))
    await client.execute('cont')
    await client.execute('stop')
    end()
    await client.execute('cont')
    expect(heard.map(({ event }) => event)).toEqual(['RESUME', 'STOP'])
  })

  test('that ends leaves no question open', async () => {
    const { client, child } = await startQemu()
    await client.ready()
    child.kill()
    await expect(client.execute('query-status')).rejects.toThrow(QmpClosedError)
    await expect(client.execute('query-status')).rejects.toThrow('was not answered')
  })

  test('that says goodbye says why', async () => {
    const { client, child } = await startQemu()
    const heard: QmpEvent[] = []
    client.listen((event) => heard.push(event))
    await client.execute('quit').catch(() => undefined)
    await child.exited
    client.close()
    expect(heard).toContainEqual({ event: 'SHUTDOWN', data: { guest: false, reason: 'host-qmp-quit' } })
  })
})

/** Whoever connects to the client's socket; what cannot be provoked with QEMU. */
async function stranger(): Promise<{ client: QmpClient; socket: Socket }> {
  const path = join(scratchFolder(), 'qmp')
  const client = await QmpClient.listen(path)
  onTestFinished(() => client.close())
  const socket = connect(path)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return { client, socket }
}

describe('the other end', () => {
  test('that goes before it greets leaves nobody waiting', async () => {
    const { client, socket } = await stranger()
    const asked = client.execute('query-status')
    socket.destroy()
    await expect(asked).rejects.toThrow(QmpClosedError)
    await expect(client.ready()).rejects.toThrow(QmpClosedError)
  })

  test('that never comes leaves nobody waiting when the client is closed', async () => {
    const client = await QmpClient.listen(join(scratchFolder(), 'qmp'))
    const asked = client.execute('query-status')
    client.close()
    await expect(asked).rejects.toThrow(QmpClosedError)
  })

  test('may cut its lines anywhere', async () => {
    const { client, socket } = await stranger()
    const lines = ['{"QMP": {"version": {}}}\r\n', '{"return": {}, "id": 1}\r\n{"return": "ü", "id": 2}\r\n']
    const answer = client.execute('query-name')
    for (const byte of Buffer.from(lines.join(''))) {
      socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await answer).toBe('ü')
  })
})
