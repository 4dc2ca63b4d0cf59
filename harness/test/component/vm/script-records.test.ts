import { describe, expect, test } from 'vitest'
import { agreementIn } from '../../helpers/agreement.ts'

const check = agreementIn(import.meta.filename)

describe('a script that passes', () => {
  test('of all kinds of demands, some of them caught', async () => {
    const { told, text } = await check({
      script: async ({ machine, startAll, subtest, print, metric, expect }) => {
        print('[PHASE 1] boot')
        await startAll()
        await machine.succeed('echo a', 'echo b')
        await machine.fail('false')
        await machine.execute('echo out; exit 3')
        print('[PHASE 2] wait\nvmproof:attach trace.pcap')
        await machine.waitForFile('/proc/version')
        await machine.waitUntilSucceeds('echo tried')
        await machine.waitUntilFails('false')
        await machine.succeed('httpd -p 8080')
        await machine.waitForOpenPort(8080)
        await machine.succeed('killall httpd')
        await machine.waitForClosedPort(8080)
        await machine.succeed('echo hello > /dev/console')
        await machine.waitForConsoleText(/^hel+o$/)
        metric({ name: 'rate', value: 1.5e-7, unit: 'Mbit/s' })
        await subtest('outer', async () => {
          await subtest('inner "quoted"', async () => {
            expect({ name: 'rtt', value: 51.2345678, unit: 'ms', node: 'machine' }).toBeNear(50, {
              percent: 5,
            })
          })
          machine.log('a remark')
          await machine.succeed('echo several\necho lines')
        })
        await machine.succeed('echo no >&2; exit 9').catch(() => undefined)
        await machine.fail('echo yes').catch(() => undefined)
        await machine.waitForFile('/never', { timeout: 1 }).catch(() => undefined)
        await subtest('caught', async () => void (await machine.succeed('echo out\nexit 4'))).catch(
          () => undefined,
        )
        await machine.succeed('true')
        await machine.shutdown()
      },
      outcome: 'passed',
      failure: null,
      assertions: [
        'succeed echo a: passed',
        'succeed echo b: passed',
        'fail false: passed',
        'execute echo out; exit 3: passed',
        'wait_for_file /proc/version: passed',
        'wait_until_succeeds echo tried: passed',
        'wait_until_fails false: passed',
        'succeed httpd -p 8080: passed',
        'wait_for_open_port 8080 on localhost: passed',
        'succeed killall httpd: passed',
        'wait_for_closed_port 8080 on localhost: passed',
        'succeed echo hello > /dev/console: passed',
        'wait_for_console_text ^hel+o$: passed',
        'subtest outer: passed',
        '> subtest inner "quoted": passed',
        '> > subtest rtt of machine: 50 ms ± 5 %: passed',
        '> succeed echo several: passed',
        'succeed echo no >&2; exit 9: failed, caught',
        'fail echo yes: failed, caught',
        'wait_for_file /never: failed, caught',
        'subtest caught: failed, caught',
        '> succeed echo out: failed, caught',
        'succeed true: passed',
        'wait_for_shutdown: passed',
      ],
    })
    expect(told.metrics).toEqual([
      { name: 'rate', value: 1.5e-7, unit: 'Mbit/s', node: null },
      { name: 'rtt', value: 51.2345678, unit: 'ms', node: 'machine' },
    ])
    expect(told.attachments).toEqual(['trace.pcap'])
    expect(told.assertions.map(({ phase }) => phase)).toEqual([
      ...new Array(4).fill('[PHASE 1] boot'),
      ...new Array(20).fill('[PHASE 2] wait'),
    ])
    expect(told.assertions.filter(({ message }) => message !== null).map(({ message }) => message)).toEqual([
      'command `echo no >&2; exit 9` failed (exit code 9)',
      'command `echo yes` unexpectedly succeeded',
      expect.stringMatching(
        /^action timed out after \d\.\d\d seconds \(timeout=1\.0\): the last try exited with code 1$/,
      ),
      'command `echo out\nexit 4` failed (exit code 4)',
      'command `echo out\nexit 4` failed (exit code 4)',
    ])
    expect(told.assertions.map(({ output }) => output).filter((output) => output !== null)).toEqual([
      '',
      'yes\n',
      'out\n',
    ])
    expect(told.nodes).toMatchObject([{ name: 'machine', booted: true, symptoms: [] }])
    expect(text.match(/^ {4}machine,$/m)).not.toBeNull()
  })

  test('on nodes side by side, of which one is never started', async () => {
    const names = ['alpha', 'beta', 'gamma']
    const { told } = await check<'alpha' | 'beta' | 'gamma'>({
      nodes: names.map((name) => ({ name, vlans: [1] })),
      isParallel: true,
      script: async ({ alpha, beta, gamma, subtest, partition, heal }) => {
        await Promise.all(
          [alpha, beta].map((node, index) =>
            subtest(`work on ${node.name}`, async () => {
              await node.succeed(`sleep 0.${3 - index}; echo ${node.name}`)
              await node.fail('exit 5')
              await node.succeed('exit 6').catch(() => undefined)
              await node.succeed('true')
            }),
          ),
        )
        await Promise.all([alpha.succeed('sleep 0.3'), alpha.succeed('echo second'), beta.succeed('true')])
        await Promise.allSettled([
          alpha.succeed('sleep 0.2; echo one; exit 1'),
          alpha.succeed('echo two; exit 2'),
        ])
        await alpha.waitUntilSucceeds(`ping -c 1 -W 1 ${beta.address()}`)
        partition([alpha], [beta, gamma])
        await alpha.fail('ping -c 1 -W 1 beta')
        heal()
        await alpha.succeed('ping -c 1 -W 1 beta')
        await beta.block('eth1')
        await alpha.fail('ping -c 1 -W 1 beta')
        await beta.unblock()
        await alpha.waitUntilSucceeds('ping -c 1 -W 1 beta')
        await beta.crash()
      },
      outcome: 'passed',
      assertions: expect.arrayContaining([
        '> succeed exit 6: failed, caught',
        'succeed sleep 0.2; echo one; exit 1: failed, caught',
        'succeed echo two; exit 2: failed, caught',
        'nested partition: alpha | beta, gamma: passed',
        'nested heal: passed',
        'nested block eth1: passed',
        'nested unblock all cards: passed',
        'wait_for_shutdown: passed',
      ]),
    })
    expect(told.assertions).toHaveLength(2 * 5 + 3 + 2 + 10)
    const outputs = told.assertions.filter(({ text }) => /echo (one|two)/.test(text))
    expect(outputs.map(({ output }) => output)).toEqual(['one\n', 'two\n'])
    expect(told.nodes.map(({ name, booted }) => [name, booted])).toEqual([
      ['alpha', true],
      ['beta', true],
      ['gamma', false],
    ])
  })
})
