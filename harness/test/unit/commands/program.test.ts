import { expect, test } from 'vitest'
import { programName } from '../../../commands/program.ts'

const installed = '/home/me/cluster/node_modules/.bin/vmproof'

test.each([
  ['a dependency, by npx', installed, 'npm/10.8.2 node/v20.20.2 linux x64', 'npx vmproof'],
  ['a dependency, by a script of nobody', installed, '', 'npx vmproof'],
  ['a dependency, by pnpm', installed, 'pnpm/12.21.0 npm/? node/v20.20.2', 'pnpm vmproof'],
  ['installed for all', '/usr/local/bin/vmproof', '', 'vmproof'],
  ['a checkout', '/home/me/vmproof/harness/bin.mjs', 'pnpm/12.21.0', 'pnpm vmproof'],
  ['a checkout without pnpm', '/home/me/vmproof/harness/bin.mjs', '', 'pnpm vmproof'],
])('%s', (_, script, agent, program) => {
  expect(programName(script, agent)).toBe(program)
})
