import { expect, test } from 'vitest'
import { idleOptions } from '../../../commands/run-options.ts'

const plain = { via: 'build', cached: 'report', force: true } as const

test.each([
  ['nothing was asked for', plain, ['vm'], null],
  ['one check is of Nix', { ...plain, via: 'driver' }, ['vm', 'nixos'], null],
  ['all are of the built-in driver', { ...plain, via: 'driver' }, ['vm', 'vm'], '--via driver'],
  ['several are idle', { via: 'build', cached: 'fail', force: false }, ['vm'], '--cached fail, --no-force'],
] as const)('options for Nix alone are told as idle or not: %s', (_, options, kinds, named) => {
  const told = idleOptions(options, [...kinds])
  expect(told).toEqual(named === null ? null : expect.stringContaining(`${named}: changes nothing`))
})
