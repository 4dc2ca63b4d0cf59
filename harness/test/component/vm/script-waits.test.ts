import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cacheFolder } from '../../../host/cache-folder.ts'
import { prepareGuest } from '../../../vm/guest/prepare.ts'
import type { TestScript } from '../../../vm/script/test-script.ts'
import type { NodeConfig } from '../../../vm/test-config.ts'
import { drive, smallNode } from '../../helpers/drive.ts'
import { makeGuest } from '../../helpers/guest.ts'

let folder = ''
let guest = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmproof-waits-'))
  guest = makeGuest(join(folder, 'guest'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A limit that no wait here may need: who gets there has missed why to stop. */
const tooLong = { timeout: '300s' }

/** The words of each error that the steps of a script lead to, `held` for a step that held. */
async function wordsOf(
  steps: (tools: Parameters<TestScript<'machine'>>[0]) => (() => Promise<unknown>)[],
  node: NodeConfig = smallNode(guest),
): Promise<string[]> {
  const words: string[] = []
  const { end } = await drive<'machine'>(
    async (tools) => {
      for (const step of steps(tools)) {
        await step().then(
          () => words.push('held'),
          (error: Error) => words.push(error.message),
        )
      }
    },
    { nodes: [node], config: { globalTimeoutSeconds: 250 } },
  )
  expect(end).toBe('passed')
  return words
}

describe('a wait that cannot come true any more ends', () => {
  test('with the process that it was for, or with the node', async () => {
    const words = await wordsOf(({ machine }) => [
      () =>
        machine.succeed(
          'cp /bin/busybox /tmp/busybox-server; /tmp/busybox-server sleep 3 > /dev/null 2>&1 &',
        ),
      () => machine.waitForOpenPort(9, { process: 'busybox-server', ...tooLong }),
      () => machine.waitForFile('/never', { process: 'no-such-program', ...tooLong }),
      () =>
        machine.succeed('/tmp/busybox-server sh -c "sleep 1; touch /tmp/there; sleep 60" > /dev/null 2>&1 &'),
      () => machine.waitForFile('/tmp/there', { process: 'busybox-server', ...tooLong }),
      () => machine.succeed('(sleep 1; poweroff) > /dev/null 2>&1 &'),
      () => machine.waitUntilSucceeds('false', tooLong),
      () => machine.start(),
      () => machine.succeed('(sleep 1; poweroff) > /dev/null 2>&1 &'),
      () => machine.waitForConsoleText(/never/, tooLong),
    ])
    expect(words).toEqual([
      'held',
      'this cannot come any more: process busybox-server has ended',
      'this cannot come any more: process no-such-program does not run',
      'held',
      'held',
      'held',
      '[Errno 32] Broken pipe: the guest switched itself off',
      'held',
      'held',
      '[Errno 32] Broken pipe: the guest switched itself off',
    ])
  })

  test('but not before a try after its end', async () => {
    // The second try ends the process, and what is waited for is seen by the third.
    const command = `
      if [ -e /tmp/tried ]; then kill $(cat /tmp/pid) && sleep 0.2 && touch /tmp/ended; exit 1; fi
      [ -e /tmp/pid ] && touch /tmp/tried; exit 1`
    const words = await wordsOf(({ machine }) => [
      () =>
        machine.succeed(
          'cp /bin/busybox /tmp/busybox-brief; /tmp/busybox-brief sleep 60 > /dev/null 2>&1 & echo $! > /tmp/pid; sleep 0.2',
        ),
      () =>
        machine.waitUntilSucceeds(`[ -e /tmp/ended ] || (${command})`, {
          process: 'busybox-brief',
          ...tooLong,
        }),
    ])
    expect(words).toEqual(['held', 'held'])
  })

  test('with the unit that it was for', async () => {
    const files = {
      '/etc/systemd/system/breaks.service':
        '[Service]\nType=oneshot\nExecStart=/bin/sh -c "sleep 2; exit 3"\n',
      '/etc/systemd/system/works.service':
        '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 1\n',
    }
    const boot = await prepareGuest({ init: 'systemd', files }, 'x86_64', {
      cacheFolder: cacheFolder(),
      note: () => undefined,
    })
    const outputs: unknown[] = []
    const words = await wordsOf(
      ({ machine }) => [
        () => machine.waitForUnit('multi-user.target', tooLong),
        () => machine.succeed('systemctl start --no-block works breaks'),
        () => machine.waitForUnit('works.service', tooLong),
        () => machine.requireUnitState('works.service'),
        () => machine.requireUnitState('works.service', 'failed'),
        () =>
          machine.waitForUnit('breaks.service', tooLong).catch((error) => {
            outputs.push(error.output)
            throw error
          }),
        () => machine.waitForOpenPort(9, { unit: 'breaks.service', ...tooLong }),
        () => machine.waitForUnit('no-such.service', tooLong),
        async () => void outputs.push(await machine.getUnitState('breaks.service')),
        async () => void outputs.push((await machine.systemctl('is-active works')).output),
      ],
      smallNode(guest, { memoryMiB: 384, boot }),
    )
    expect(words).toEqual([
      'held',
      'held',
      'held',
      'held',
      "Expected unit 'works.service' to to be in state 'failed' but it is in state 'active'",
      'unit "breaks.service" reached state "failed"',
      'this cannot come any more: unit "breaks.service" reached state "failed"',
      'unit "no-such.service" is inactive and there are no pending jobs',
      'held',
      'held',
    ])
    expect(outputs).toEqual([expect.stringContaining('status=3'), 'failed', 'active\n'])
  })
})

describe('a wait whose time is over', () => {
  test('says what it saw last', async () => {
    const short = { timeout: 1 }
    const words = await wordsOf(({ machine }) => [
      () => machine.waitUntilSucceeds('echo first; echo "not \\"yet\\""; exit 7', short),
      () => machine.waitUntilFails('true', short),
      () => machine.succeed('sleep 60', short),
      () => machine.fail('sleep 60', short),
      () => machine.waitForOpenPort(9, short),
      () => machine.succeed('echo on the console > /dev/console; sleep 0.5'),
      () => machine.waitForConsoleText('never', short),
      () => machine.waitForUnit('x.service', short),
    ])
    expect(words.map((line) => line.replace(/\d+\.\d\d seconds/, 'N seconds'))).toEqual([
      'action timed out after N seconds (timeout=1.0): the last try exited with code 7 and printed "not \\"yet\\""',
      'action timed out after N seconds (timeout=1.0): the last try exited with code 0',
      'action timed out after N seconds (timeout=1.0): the command was ended',
      'action timed out after N seconds (timeout=1.0): the command was ended',
      'action timed out after N seconds (timeout=1.0): the last try exited with code 1',
      'held',
      'action timed out after N seconds (timeout=1.0): its last line is "on the console"',
      'retrieving systemctl info for unit "x.service" failed with exit code 127',
    ])
  })

  test('is told under TCG in the time that it had', async () => {
    const { text } = await drive<'machine'>(
      async ({ machine }) => machine.waitForFile('/never', { timeout: '1s' }),
      { nodes: [smallNode(guest)], config: { timeoutFactor: 2.5 } },
    )
    expect(text).toMatch(/action timed out after [\d.]+ seconds \(timeout=2\.5\)/)
  })
})

test('a wait for console text looks at lines before it, each of them once', async () => {
  const words = await wordsOf(({ machine }) => [
    () => machine.succeed('for n in 1 2 3; do echo "mark $n" > /dev/console; done; sleep 0.5'),
    () => machine.waitForConsoleText(/mark 1/, tooLong),
    () => machine.waitForConsoleText(/^mark \d$/, tooLong),
    () => machine.waitForConsoleText(/mark 2/, { timeout: 1 }),
    // The wait before has given up, and takes no line from this one.
    () => machine.succeed('echo "mark 2" > /dev/console'),
    () => machine.waitForConsoleText(/mark 2/, tooLong),
  ])
  expect(words.map((line) => line.slice(0, 16))).toEqual([
    'held',
    'held',
    'held',
    'action timed out',
    'held',
    'held',
  ])
})
