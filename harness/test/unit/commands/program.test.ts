import { expect, test } from 'vitest'
import { directProgramName, programName } from '../../../commands/program.ts'

const installed = '/home/me/cluster/node_modules/.bin/vmproof'
const checkout = '/home/me/vmproof/harness/bin.mjs'
const pnpm = 'pnpm/12.21.0 npm/? node/v20.20.2'
const start = { script: checkout, agent: pnpm, packageFile: null, folder: '/home/me/vmproof', hasPnpm: true }

test.each([
  ['a dependency, by npx', installed, 'npm/10.8.2 node/v20.20.2 linux x64', 'npx vmproof'],
  ['a dependency, by a script of nobody', installed, '', 'npx vmproof'],
  ['a dependency, by pnpm', installed, pnpm, 'pnpm vmproof'],
  ['installed for all', '/usr/local/bin/vmproof', '', 'vmproof'],
  ['a checkout', checkout, pnpm, 'pnpm vmproof'],
  ['a checkout without pnpm', checkout, '', `node ${checkout}`],
  ['a checkout in a folder with a blank', '/my own/bin.mjs', '', "node '/my own/bin.mjs'"],
])('%s', (_, script, agent, program) => {
  expect(programName({ ...start, script, agent })).toBe(program)
})

test('pnpm is named only in the folder of its package', () => {
  const packageFile = '/home/me/vmproof/package.json'
  expect(programName({ ...start, packageFile })).toBe('pnpm vmproof')
  expect(programName({ ...start, packageFile, folder: '/tmp' })).toBe(`node ${checkout}`)
})

test('a pnpm that npx has fetched just for this is gone afterwards', () => {
  expect(programName({ ...start, hasPnpm: false })).toBe('npx pnpm vmproof')
})

test.each([
  ['a dependency', '/r/node_modules/.bin/vmproof', '/r', 'node_modules/.bin/vmproof'],
  [
    'by its own file',
    '/r/node_modules/.pnpm/vmproof@1/node_modules/vmproof/dist/bin.mjs',
    '/r',
    'node_modules/.bin/vmproof',
  ],
  [
    'of the workspace above',
    '/r/node_modules/.bin/vmproof',
    '/r/tests/vm',
    '../../node_modules/.bin/vmproof',
  ],
  ['fetched by npx', '/root/.npm/_npx/1f/node_modules/.bin/vmproof', '/r', 'node_modules/.bin/vmproof'],
  ['installed for all', '/usr/local/bin/vmproof', '/r', 'vmproof'],
])('in a job, %s', (_, script, folder, program) => {
  expect(directProgramName(script, folder)).toBe(program)
})
