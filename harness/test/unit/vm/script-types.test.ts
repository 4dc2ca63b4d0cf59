import { expect, test } from 'vitest'
import { vmCheck } from '../../../vm/suite.ts'

test('a slip in the name of a node or a method is an error before anything runs', () => {
  const check = vmCheck({
    name: 'typed',
    nodes: { alpha: {}, beta: { vlans: [1, 2] } },
    body: async ({ alpha, beta, partition }) => {
      await alpha.succeed('true', 'false', { timeout: '90s' })
      await alpha.waitForOpenPort(80, { address: beta.address(2), unit: 'web.service', timeout: 5 })
      partition([alpha], [beta])
      // @ts-expect-error: the method is called succeed
      await alpha.suceed('true')
      // @ts-expect-error: the limit comes last
      await alpha.succeed({ timeout: 1 }, 'true')
    },
  })
  vmCheck({
    name: 'typed',
    nodes: { alpha: {} },
    // @ts-expect-error: there is no such node
    body: async ({ alhpa }) => void (await alhpa),
  })
  expect(Object.keys(check.nodes)).toEqual(['alpha', 'beta'])
})
