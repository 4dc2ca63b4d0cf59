import assert from 'node:assert/strict'
import { describe, expect, test } from 'vitest'
import { agreementIn } from '../../helpers/agreement.ts'

const check = agreementIn(import.meta.filename)

describe('a script that fails', () => {
  test('by a command inside of subtests, after the same had been caught', async () => {
    const { told } = await check({
      script: async ({ machine, subtest }) => {
        await machine.succeed('echo out; exit 3').catch(() => undefined)
        await subtest('a', () =>
          subtest('b', async () => {
            await machine.succeed('echo out; exit 3')
          }),
        )
      },
      outcome: 'failed',
      failure: {
        assertion: 3,
        node: 'machine',
        kind: 'succeed',
        message: 'command `echo out; exit 3` failed (exit code 3)',
      },
      assertions: [
        'succeed echo out; exit 3: failed, caught',
        'subtest a: failed',
        '> subtest b: failed',
        '> > succeed echo out; exit 3: failed',
      ],
    })
    expect(told.failure?.traceback.at(-1)).toMatch(/: await machine\.succeed\('echo out; exit 3'\)$/)
  })

  test('by an expectation', async () => {
    await check({
      script: async ({ subtest, expect }) => {
        await subtest('constraints', async () => {
          expect({ name: 'loss', value: 2, unit: '%' }).toBeBetween(1, 3)
          expect({ name: 'rtt', value: 61.2, unit: 'ms', node: 'machine' }).toBeNear(50, {
            percent: 5,
            absolute: 2,
          })
        })
      },
      outcome: 'failed',
      failure: {
        assertion: 2,
        kind: 'subtest',
        message: 'rtt of machine is 61.2 ms, expected 50 ms ± 5 % or 2 ms (47.5 to 52.5 ms)',
      },
      assertions: [
        'subtest constraints: failed',
        '> subtest loss: between 1 and 3 %: passed',
        '> subtest rtt of machine: 50 ms ± 5 % or 2 ms: failed',
      ],
    })
  })

  test.each([
    ['an assert', () => assert.equal(1, 2, 'one is\nnot two'), 'one is not two', 'python'],
    [
      'an assert without words',
      () => assert.fail(''),
      /^AssertionError in line \d+ of the test script$/,
      'python',
    ],
    ['a TypeError', () => (undefined as unknown as { x(): void }).x(), /^Cannot read properties/, 'python'],
    [
      'something that is no error',
      () => {
        throw { reason: 'none', escape: '\x1b[2J' }
      },
      /^\{ reason: 'none'/,
      'python',
    ],
    [
      'an error with words of the driver',
      () => {
        throw new Error(
          'x\ntest script finished in 1.00s\nmachine: output: y\n(finished: subtest: a, in 0.01 seconds)\n',
        )
      },
      /^x test script finished/,
      'python',
    ],
  ])('by %s, in a subtest and outside of any', async (_, thrower, message, kind) => {
    const isAssert = _.startsWith('an assert')
    const expected = { kind, node: null, message: expect.stringMatching(message) }
    await check({
      script: async () => thrower(),
      outcome: 'failed',
      failure: { ...expected, assertion: isAssert ? 0 : null },
      assertions: isAssert ? [expect.stringMatching(/^python .*: failed$/)] : [],
    })
    await check({
      script: async ({ subtest }) => {
        await subtest('caught', async () => thrower()).catch(() => undefined)
        await subtest('a', async () => thrower())
      },
      outcome: 'failed',
      failure: { ...expected, assertion: isAssert ? 2 : null },
      assertions: [
        'subtest caught: failed, caught',
        'subtest a: failed',
        ...(isAssert ? [expect.stringMatching(/^> python .*: failed$/)] : []),
      ],
    })
  })

  test('by an error that another one was made of', async () => {
    await check({
      script: async ({ machine, subtest }) => {
        await subtest('a', async () => {
          try {
            await machine.succeed('false')
          } catch (cause) {
            throw new Error('it does not work', { cause })
          }
        })
      },
      outcome: 'failed',
      failure: { kind: 'python', assertion: null, message: 'it does not work' },
      assertions: ['subtest a: failed', '> succeed false: failed, caught'],
    })
  })

  test('while other steps still run', async () => {
    await check<'alpha' | 'beta'>({
      nodes: [{ name: 'alpha' }, { name: 'beta' }],
      isParallel: true,
      script: async ({ alpha, beta, startAll }) => {
        await startAll()
        await Promise.all([alpha.succeed('true'), beta.succeed('true')])
        await Promise.all([alpha.succeed('sleep 60'), beta.succeed('sleep 0.2; exit 7')])
      },
      outcome: 'failed',
      failure: { assertion: 3, node: 'beta', kind: 'succeed' },
      assertions: [
        'succeed true: passed',
        'succeed true: passed',
        'succeed sleep 60: unfinished',
        'succeed sleep 0.2; exit 7: failed',
      ],
    })
  })

  test('by a step that nobody awaits', async () => {
    const { told } = await check({
      script: async ({ machine }) => {
        await machine.succeed('true')
        void machine.succeed('sleep 60').catch(() => undefined)
      },
      outcome: 'failed',
      failure: {
        kind: 'python',
        message:
          'a step was still running when the body ended: machine: succeed sleep 60 (is an await missing?)',
      },
      assertions: ['succeed true: passed', 'succeed sleep 60: unfinished'],
    })
    expect(told.failure?.traceback.at(-1)).toContain("void machine.succeed('sleep 60')")
  })

  test('by the global timeout, whose culprit is told', async () => {
    await check({
      config: { globalTimeoutSeconds: 3 },
      script: async ({ machine, subtest, partition }) => {
        await machine.start()
        await subtest('for ever', async () => {
          partition([machine])
          await subtest('caught', () => Promise.reject(new Error('no'))).catch(() => undefined)
          await machine.waitForConsoleText(/never/)
        })
      },
      outcome: 'timed-out',
      failure: { kind: 'timeout', assertion: 3, node: 'machine' },
      assertions: [
        'subtest for ever: failed',
        '> nested partition: machine: passed',
        '> subtest caught: failed, caught',
        '> wait_for_console_text never: failed',
      ],
    })
  })
})
