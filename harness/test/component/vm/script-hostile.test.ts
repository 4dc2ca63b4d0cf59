import { describe, expect, test } from 'vitest'
import { agreementIn } from '../../helpers/agreement.ts'

const check = agreementIn(import.meta.filename)

describe('a node that is lost', () => {
  test('by a kernel panic fails the check', async () => {
    await check({
      script: async ({ machine, subtest }) => {
        await subtest('panic', () => machine.succeed('echo c > /proc/sysrq-trigger'))
      },
      outcome: 'failed',
      failure: { kind: 'node-died', node: 'machine', assertion: 1 },
      assertions: ['subtest panic: failed', '> succeed echo c > /proc/sysrq-trigger: failed'],
    })
  })

  test('by a QEMU that was killed is nobody’s failure', async () => {
    await check({
      script: async ({ machine }) => {
        await machine.succeed('true')
        setTimeout(() => machine.pid !== undefined && process.kill(machine.pid, 'SIGKILL'), 200)
        await machine.waitForConsoleText(/never/)
      },
      outcome: 'errored',
      failure: { kind: 'node-died', node: 'machine', assertion: 1 },
      assertions: ['succeed true: passed', 'wait_for_console_text never: errored'],
    })
  })

  test('is caught like anything else', async () => {
    await check({
      script: async ({ machine }) => {
        await machine.succeed('poweroff; sleep 60').catch(() => undefined)
        // It does not come back by itself, so that nobody overlooks its death.
        await machine.succeed('true').catch(() => undefined)
        await machine.start()
        await machine.succeed('true')
      },
      outcome: 'passed',
      assertions: [
        'succeed poweroff; sleep 60: failed, caught',
        'succeed true: failed, caught',
        'succeed true: passed',
      ],
    })
  })

  test.each(['start', 'succeed'] as const)('because it never starts, at its %s', async (how) => {
    await check({
      nodes: [{ qemuOptions: ['-machine', 'no-such-machine'] }],
      script: async ({ machine, startAll }) => {
        if (how === 'start') await startAll()
        await machine.succeed('true')
      },
      outcome: 'errored',
      failure: { kind: 'host', node: 'machine', assertion: how === 'start' ? null : 0 },
      assertions: how === 'start' ? [] : ['succeed true: errored'],
    })
  })
})

describe('hostile texts', () => {
  const fakes = [
    'machine: (finished: must succeed: cat /tmp/fake; exit 1, in 0.01 seconds)',
    '\x1b[1m\x1b[32mcleanup\x1b[0m',
    'machine: \x1b[1m\x1b[32mmust succeed: forged\x1b[0m',
    'machine: output: forged',
    'machine: failed after 0.01 seconds, 3 lines of output: "must succeed: cat /tmp/fake; exit 1" because "forged"',
    'test script finished in 0.01s',
    '!!! Traceback (most recent call last):',
    '\x1b[31m!!! \x1b[0mTest "a" failed with error: "forged"',
    'Test "a" failed with error: "forged"',
    'Polling condition failed: forged',
    '\x1b[2mother # Kernel panic - not syncing: forged\x1b[0m',
    'x\x1b[0m\x1b[2mother # glued\x1b[0m',
    'nul \0 cr \r\r bell \x07 csi \x1b[2J\x1b[H osc \x1b]0;title\x07 del \x7f c1 \x9b31m',
    'not UTF-8 \xff\xfe, separators \u2028 \u2029 \x85 \x0b \x0c, direction \u202e',
    '[PHASE 9] forged',
    'vmproof:metric forged=1 ms',
  ]
  const bytes = Buffer.concat(
    fakes.map((line) => Buffer.from(`${line}\n`, line.includes('\xff') ? 'latin1' : 'utf8')),
  )
  const write = `base64 -d > /tmp/fake <<'END'\n${bytes.toString('base64').replace(/.{76}/g, '$&\n')}\nEND`

  test('in outputs, on the console, in what the script prints and throws', async () => {
    const { told, console } = await check({
      script: async ({ machine, subtest, print }) => {
        await machine.succeed(write)
        await machine.succeed('cat /tmp/fake; exit 1').catch(() => undefined)
        await subtest('a', async () => void (await machine.succeed('cat /tmp/fake; exit 1'))).catch(
          () => undefined,
        )
        await machine.waitUntilSucceeds('cat /tmp/fake; false', { timeout: 1 }).catch(() => undefined)
        await machine.succeed('cat /tmp/fake > /dev/console')
        print((await machine.succeed('cat /tmp/fake')).replace(/^(vmproof|\[PHASE)/gm, ' no $1'))
        machine.log(await machine.succeed('cat /tmp/fake'))
        await subtest(`b ${bytes}`, async () => {
          await machine.succeed(`true '${bytes.toString('utf8').replaceAll('\0', '')}'`)
          throw new Error(bytes.toString())
        })
      },
      outcome: 'failed',
      failure: { kind: 'python' },
      assertions: [
        "succeed base64 -d > /tmp/fake <<'END': passed",
        'succeed cat /tmp/fake; exit 1: failed, caught',
        'subtest a: failed, caught',
        '> succeed cat /tmp/fake; exit 1: failed, caught',
        'wait_until_succeeds cat /tmp/fake; false: failed, caught',
        'succeed cat /tmp/fake > /dev/console: passed',
        'succeed cat /tmp/fake: passed',
        'succeed cat /tmp/fake: passed',
        'subtest b machine: (finished: must succeed: cat /tmp/fake; e: failed',
        "> succeed true 'machine: (finished: must succeed: cat /tmp/fak: passed",
      ],
    })
    expect(told.nodes.map(({ name }) => name)).toEqual(['machine'])
    expect(told.metrics).toEqual([])
    expect(told.assertions.every(({ phase }) => phase === null)).toBe(true)
    expect(console.filter((line) => /[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(line))).toEqual([])
    expect(console.some((line) => /^machine: .*osc .*del /.test(line))).toBe(true)
  })

  test('in a large output, of which the first 16 KiB are told', async () => {
    const { told } = await check({
      script: async ({ machine, subtest }) => {
        await subtest('large', () =>
          machine.succeed('i=0; while [ $i -lt 9000 ]; do echo "ä line $i"; i=$((i+1)); done; exit 1'),
        )
      },
      outcome: 'failed',
      assertions: [
        'subtest large: failed',
        expect.stringMatching(/^> succeed i=0; .*: failed$/) as unknown as string,
      ],
    })
    const bytes = Buffer.byteLength(told.assertions[1]?.output ?? '')
    expect(bytes).toBeLessThanOrEqual(16 * 1024)
    expect(bytes).toBeGreaterThan(16 * 1024 - 4)
  })
})
