import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestScript } from '../../../vm/script/test-script.ts'
import { drive, type Recording, smallNode } from '../../helpers/drive.ts'
import { makeGuest } from '../../helpers/guest.ts'

let folder = ''
let guest = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmproof-vm-'))
  guest = makeGuest(join(folder, 'guest'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Boots real VMs and runs a script on them. */
function record(
  script: TestScript<'machine'>,
  nodes = [smallNode(guest)],
  globalTimeoutSeconds = 60,
): Promise<Recording> {
  return drive(script, { nodes, config: { globalTimeoutSeconds }, source: { path: import.meta.filename } })
}

/** Waits only as long as the kernel needs to bury a process. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

describe('a node', () => {
  test('runs commands: bytes, statuses, sizes, order', async () => {
    const seen: Record<string, unknown> = {}
    const { end, text: log } = await record(async ({ machine, startAll }) => {
      await Promise.all([startAll(), machine.start(), machine.succeed('true')])
      seen.status = (await machine.execute('exit 200')).status
      seen.killed = (await machine.execute('sleep 30', { timeout: 1 })).status > 0
      const large = machine.succeed('head -c 4000000 /dev/zero | tr "\\0" x')
      // A driver that is too busy to read must not lose anything.
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000), 50)
      seen.large = (await large).length
      // Linux takes no argument of more than 128 KiB, and the command is one.
      const longText = 'y'.repeat(100_000)
      seen.longCommand = Number(await machine.succeed(`wc -c <<'END'\n${longText}\nEND`))
      seen.order = await Promise.all(
        ['1', '2', '3'].map((n) => machine.succeed(`sleep 0.0${4 - Number(n)}; echo ${n}`)),
      )
      seen.background = await machine.succeed('sleep 30 > /dev/null 2>&1 & echo started')
      seen.pipe = (await machine.execute('false | true')).status
      await machine.succeed('echo to the console >&2')
      await machine.waitForConsoleText(/to the cons/)
    })
    expect({ end, ...seen }).toEqual({
      end: 'passed',
      status: 200,
      killed: true,
      large: 4_000_000,
      longCommand: 100_001,
      order: ['1\n', '2\n', '3\n'],
      background: 'started\n',
      pipe: 1,
    })
    expect(log).toContain('machine # to the console\n')
    expect(log.match(/machine: QEMU running/g)).toHaveLength(1)
  })

  test('can be started again after a crash and after a shutdown, with a fresh memory', async () => {
    const { end, text: log } = await record(async ({ machine }) => {
      await machine.succeed('touch /tmp/here')
      await machine.crash()
      await machine.fail('test -e /tmp/here')
      await machine.shutdown()
      await machine.start()
      await machine.succeed('true')
    })
    expect(end).toBe('passed')
    expect(log.match(/machine: connected to guest root shell/g)).toHaveLength(3)
    expect(log).toContain('machine: forced crash\n')
    expect(log).toContain('reboot: Power down')
  })

  test('a wait that fails says how long it waited', async () => {
    const { end, text: log } = await record(async ({ machine }) => {
      await machine.waitForFile('/never', { timeout: 1 })
    })
    expect(end).toBe('failed')
    expect(log).toMatch(/RequestedAssertionFailed: action timed out after \d\.\d\d seconds \(timeout=1\.0\)/)
    expect(log).toContain('!!!   File "tests/script.ts", line ')
  })
})

describe('networks', () => {
  test('nodes on one vlan reach each other, on different ones they do not', async () => {
    const nodes = ['a', 'b', 'c'].map((name, index) =>
      smallNode(guest, { name, vlans: index < 2 ? [1] : [2] }),
    )
    const script: TestScript<'a'> = async ({ a, startAll }) => {
      await startAll()
      await a.waitUntilSucceeds('ping -c 1 -W 1 b')
      await a.fail('ping -c 1 -W 1 c')
    }
    const { end, text: log } = await record(script as unknown as TestScript<'machine'>, nodes)
    expect(log).not.toContain('!!!')
    expect(end).toBe('passed')
  })
})

describe('the end', () => {
  test('no QEMU is left, whatever the script left running', async () => {
    let pid = 0
    const { text: log } = await record(async ({ machine }) => {
      await machine.succeed('true')
      pid = machine.pid ?? 0
    })
    expect(log).toContain(`kill QemuMachine (pid ${pid})`)
    expect(await isGone(pid)).toBe(true)
  })

  test('the global timeout ends nodes and script, and the clean-up is not told', async () => {
    let pid = 0
    const { end, text: log } = await record(
      async ({ machine, subtest }) => {
        await machine.start()
        pid = machine.pid ?? 0
        await subtest('for ever', async () => void (await machine.succeed('sleep 600')))
      },
      undefined,
      4,
    )
    expect(end).toBe('timed-out')
    expect(await isGone(pid)).toBe(true)
    expect(log).toContain('timeout reached; test terminating...\nkill QemuMachine')
    expect(log).not.toMatch(/^(cleanup|test script finished|!!!)/m)
  })

  test('a kernel panic stands on the console before the error is told', async () => {
    const { end, text: log } = await record(async ({ machine }) => {
      await machine.succeed('echo c > /proc/sysrq-trigger')
    })
    expect(end).toBe('failed')
    const order = ['Kernel panic - not syncing', 'cleanup', 'BrokenPipeError: [Errno 32] Broken pipe']
    expect(order.map((text) => log.indexOf(text))).toEqual(
      order.map((text) => log.indexOf(text)).toSorted((one, other) => one - other),
    )
    expect(order.every((text) => log.includes(text))).toBe(true)
  })

  test('a QEMU that does not start is a MachineError with its own words', async () => {
    const refused = smallNode(guest, { qemuOptions: ['-machine', 'no-such-machine'] })
    const { end, text: log } = await record(async ({ startAll }) => startAll(), [refused])
    expect(end).toBe('failed')
    expect(log).toMatch(/!!! test_driver\.errors\.MachineError: Failed to start the following machines:/)
    expect(log).toContain('!!! machine: QEMU process exited with code 1 before connecting to shell socket.')
    expect(log).toContain('!!! qemu-system-x86_64: unsupported machine type')
  })
})
