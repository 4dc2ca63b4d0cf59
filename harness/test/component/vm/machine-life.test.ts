import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { NodeConfig } from '../../../vm/test-config.ts'
import { until } from '../../helpers/processes.ts'
import { type Bench, type GuestKind, MachineLab } from './machine-lab.ts'

const lab = new MachineLab()
const running: Bench[] = []
afterEach(() => Promise.all(running.splice(0).map((bench) => bench.machine.stop())))
afterAll(() => lab.close())

async function start(kind: GuestKind, more: Partial<NodeConfig> = {}): Promise<Bench> {
  const bench = await lab.bench(kind, more)
  running.push(bench)
  return bench
}

describe('a machine', () => {
  test('is off, runs, is crashed, runs anew, is switched off; its disks keep what they were given', async () => {
    const { machine, run } = bound(await start('tiny', { diskSizesMiB: [16, 8] }))
    expect([machine.running, machine.whyDead]).toEqual([false, 'it was never started'])
    await machine.powerOff()
    expect(await run('cat /sys/block/vda/size /sys/block/vdb/size')).toEqual([0, '32768\n16384\n'])
    expect([machine.running, machine.whyDead]).toEqual([true, null])
    await run('echo kept | dd of=/dev/vda conv=fsync 2> /dev/null; touch /tmp/lost')
    await machine.crash()
    expect([machine.running, machine.whyDead]).toEqual([false, 'QEMU was killed by SIGKILL'])
    expect(await run('head -c 5 /dev/vda; ls /tmp')).toEqual([0, 'kept\n'])
    await machine.powerOff()
    expect([machine.running, machine.whyDead]).toEqual([false, 'the guest switched itself off'])
  })

  test('that reboots is back with a fresh memory, the same QEMU and the same disks', async () => {
    const { machine, run } = bound(await start('tiny', { diskSizesMiB: [1] }))
    await run('touch /tmp/lost; echo kept | dd of=/dev/vda conv=fsync 2> /dev/null')
    const { pid } = machine
    await machine.reboot()
    expect(await run('ls /tmp; head -c 5 /dev/vda')).toEqual([0, 'kept\n'])
    expect(machine.pid).toBe(pid)
    // A reboot that nobody has asked for ends it, as before.
    await machine.execute('reboot', null).catch(() => undefined)
    await machine.waitForShutdown()
    expect(machine.whyDead).toBe('the guest rebooted, which ends a node')
  })

  test('without a name on disk for its disks has none to leave behind', async () => {
    const bench = await start('tiny', { diskSizesMiB: [1] })
    await bench.run('true')
    const left = execFileSync('find', [lab.folder, '-name', '*.disk'], { encoding: 'utf8' })
    expect(left).toBe('')
  })

  test('shows its screen, where it has one', async () => {
    const path = join(lab.folder, 'screen.png')
    const foreign = await start('foreign')
    await foreign.machine.screenshot(path)
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG')
  })
})

/**
 * The first sector of a disk, for a BIOS: adds 1 to the first byte of the second sector, writes it back, and says `#`
 * and that digit on the serial port.
 */
function countingDisk(): Buffer {
  const code = [
    '31c0',
    '8ed8',
    '8ec0', //      xor ax, ax; mov ds, ax; mov es, ax
    'b600',
    'b90200',
    'bb007e', //  mov dh, 0; mov cx, 2; mov bx, 0x7e00
    'b80102',
    'cd13', //            mov ax, 0x0201; int 0x13: read
    'fe06007e', //                  inc byte [0x7e00]
    'b80103',
    'cd13', //            mov ax, 0x0301; int 0x13: write
    'baf803',
    'b023',
    'ee', //      mov dx, 0x3f8; mov al, '#'; out dx, al
    'a0007e',
    '0430',
    'ee', //      mov al, [0x7e00]; add al, '0'; out dx, al
    'b00a',
    'ee', //                mov al, 10; out dx, al
    'f4',
    'ebfd', //                hlt, for ever
  ]
  const disk = Buffer.alloc(1024 * 1024)
  disk.write(code.join(''), 'hex')
  disk.write('55aa', 510, 'hex')
  return disk
}

describe('a disk that somebody else made', () => {
  test('is booted, keeps what its node writes from one start to the next, and stays as it was', async () => {
    const path = join(lab.folder, 'counting, with a comma.raw')
    const disk = countingDisk()
    writeFileSync(path, disk)
    const boot = { type: 'disk', disk: { path, format: 'raw' }, firmware: 'bios' } as const
    const { machine } = await lab.bench(boot)
    for (const count of ['#1', '#2', '#3']) {
      await machine.start()
      await machine.consoleText(new RegExp(count))
      await machine.crash()
    }
    const other = await lab.bench(boot)
    running.push(other)
    await other.machine.start()
    await other.machine.consoleText(/#1/)
    expect(readFileSync(path).equals(disk)).toBe(true)
  })

  test('is told when it is not there, or not what it is said to be', async () => {
    const path = join(lab.folder, 'none')
    const missing = await lab.bench({ type: 'disk', disk: { path, format: 'raw' }, firmware: 'bios' })
    await expect(missing.machine.start()).rejects.toThrow(/disk image of machine cannot be read: .*none/)
    writeFileSync(path, 'no qcow2')
    const wrong = await lab.bench({ type: 'disk', disk: { path, format: 'qcow2' }, firmware: 'bios' })
    await expect(wrong.machine.start()).rejects.toThrow(`is no qcow2 file: ${path}`)
  })
})

describe('a machine whose guest', () => {
  test('panics says so, whatever was being waited for', async () => {
    const { machine, run } = bound(await start('tiny'))
    await run('true')
    await expect(run('echo c > /proc/sysrq-trigger; sleep 60')).rejects.toThrow(/Broken pipe/)
    expect(machine.whyDead).toMatch(/^its kernel panicked: sysrq triggered crash/)
    await expect(machine.consoleText(/never said/)).rejects.toThrow('its kernel panicked')
    await expect(machine.qmp('query-status')).rejects.toThrow('its kernel panicked')
  })

  test('loses its QEMU says so', async () => {
    const { machine, run } = bound(await start('tiny'))
    await run('true')
    const waiting = run('sleep 60')
    process.kill(machine.pid ?? 0, 'SIGKILL')
    await expect(waiting).rejects.toThrow('QEMU was killed by SIGKILL')
  })

  test('floods its console neither blocks the shell nor fills memory, and the flood is read', async () => {
    const bench = await start('tiny')
    await bench.run('yes flood > /dev/console & sleep 1; echo "end of flood" > /dev/kmsg')
    expect(await bench.run('echo well')).toEqual([0, 'well\n'])
    await bench.run('killall yes')
    await bench.machine.consoleText(/end of flood/)
    expect(bench.machine.lastConsoleLines(1000).length).toBeLessThanOrEqual(100)
  })

  test('never greets is given up in the end, and says so', async () => {
    const boot = lab.boot('foreign')
    if (boot.type !== 'direct') throw new Error('a foreign guest boots directly')
    const [bench] = await lab.benches(
      [{ name: 'mute', boot: { ...boot, append: 'rdinit=/bin/sh' } }],
      // A time limit of three seconds instead of five minutes.
      { timeoutFactor: 0.01 },
    )
    running.push(bench as Bench)
    await expect(bench?.run('true')).rejects.toThrow('mute has given no shell for 3 seconds')
  })
})

describe('a QEMU that', () => {
  test('refuses its options is told with its own words', async () => {
    const { machine } = await start('tiny', { qemuOptions: ['-machine', 'no-such-machine'] })
    await expect(machine.start()).rejects.toThrow(
      /^Failed to start the following machines:\nmachine: QEMU process exited with code 1 before .*\n.*unsupported machine type/s,
    )
    expect(machine.running).toBe(false)
  })

  test('is not installed is told, with what to install', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    try {
      const { machine } = await start('tiny')
      await expect(machine.start()).rejects.toThrow(/qemu-system-x86_64 is not installed/)
    } finally {
      process.env.PATH = path
    }
  })
})

describe('links', () => {
  test('are pulled and plugged one by one or all at once; a partition cuts nodes off', async () => {
    const benches = await lab.benches(['a', 'b', 'c'].map((name) => ({ name, vlans: [1] })))
    running.push(...benches)
    const [a, b, c] = benches.map(bound) as [Bound, Bound, Bound]
    await Promise.all([a.machine.start(), b.machine.start(), c.machine.start()])
    const reaches = async (from: Bound, to: string) => (await from.run(`ping -c 1 -W 1 ${to}`))[0] === 0
    await Promise.all([b.run('true'), c.run('true')])
    expect([await reaches(a, 'b'), await reaches(a, 'c')]).toEqual([true, true])
    await b.machine.setLink('eth1', false)
    expect(await b.run('cat /sys/class/net/eth1/carrier')).toEqual([0, '0\n'])
    expect([await reaches(a, 'b'), await reaches(a, 'c')]).toEqual([false, true])
    await b.machine.setLink(null, true)
    expect(await reaches(a, 'b')).toBe(true)
    await expect(b.machine.setLink('eth7', false)).rejects.toThrow('b has no network card eth7')
    a.network.partition([['a'], ['b', 'c']])
    expect([await reaches(a, 'b'), await reaches(b, 'c')]).toEqual([false, true])
    a.network.heal()
    expect(await reaches(a, 'b')).toBe(true)
  })
})

describe('a snapshot', () => {
  test('serves the next start: memory and console of the boot, the time of now, random numbers of its own', async () => {
    const snapshots = mkdtempSync(join(lab.folder, 'snapshots-'))
    const boot = { ...lab.boot('tiny'), isIdleAfterBoot: true }
    const again = async (name = 'machine') => {
      const [bench] = await lab.benches([{ name, boot, vlans: [1], diskSizesMiB: [1] }], { snapshots })
      running.push(bench as Bench)
      return bound(bench as Bench)
    }
    const random = 'head -c 16 /dev/urandom | od -An -tx1'
    const first = await again()
    expect(await first.run('touch /tmp/lost; hostname')).toEqual([0, 'machine\n'])
    await first.machine.stop()
    const mine = newest(snapshots)
    const second = await again()
    const [, ownNumbers] = await second.run(random)
    expect(second.remarks).toContain('going on from a snapshot of its boot')
    expect(
      await second.run('ls /tmp; hostname; dd if=/dev/zero of=/dev/vda bs=1 count=1 2> /dev/null'),
    ).toEqual([0, 'machine\n'])
    const [, seconds] = await second.run('date +%s')
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5)
    await second.machine.consoleText(/vmproof guest/)
    const third = await again()
    expect((await third.run(random))[1]).not.toBe(ownNumbers)
    // It is the snapshot of this node, and of no other.
    const stranger = await again('stranger')
    expect(await stranger.run('hostname')).toEqual([0, 'stranger\n'])
    expect(stranger.remarks).not.toContain('going on from a snapshot of its boot')
    await Promise.all([second, third, stranger].map(({ machine }) => machine.stop()))
    await damaged(mine, again)
  })
})

/** Neither a file that lost a byte is used, nor one that QEMU does not take. */
async function damaged(path: string, again: () => Promise<Bound>): Promise<void> {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(path, bytes)
  const second = await again()
  expect((await second.run('hostname'))[0]).toBe(0)
  expect(second.remarks).not.toContain('going on from a snapshot of its boot')
  await second.machine.stop()
  // The boot that the damage has cost is kept: the same name again, as the same bytes are not.
  expect(readFileSync(newest(dirname(path))).equals(bytes)).toBe(false)
  const nonsense = Buffer.from('0\n'.padStart(40))
  const [key = ''] = basename(path).split('-')
  const intact = `${key}-${createHash('sha256').update(nonsense).digest('hex')}.snapshot`
  rmSync(newest(dirname(path)))
  writeFileSync(join(dirname(path), intact), nonsense)
  const third = await again()
  expect((await third.run('hostname'))[0]).toBe(0)
  expect(third.remarks.filter((remark) => /^its snapshot cannot be used/.test(remark))).toHaveLength(1)
  expect(existsSync(join(dirname(path), intact))).toBe(false)
  await third.machine.stop()
}

function newest(folder: string): string {
  const [name = ''] = execFileSync('ls', ['-t', folder], { encoding: 'utf8' }).split('\n')
  return join(folder, name)
}

type Bound = ReturnType<typeof bound>

function bound(bench: Bench) {
  const { machine, network, remarks } = bench
  return { machine, network, remarks, run: bench.run.bind(bench) }
}

test('no process of QEMU is left behind', async () => {
  await until(() => running.every(({ machine }) => !machine.running))
})
