import { expect, test } from 'vitest'
import { parseCommandLine } from '../../../commands/command-line.ts'

test('names that look like numbers stay names, and numbers of options are numbers', async () => {
  const called = await parseCommandLine(['run', '1e3', '0x10', '--jobs', '2', '--', '007', '-1'])
  expect(called?.args).toMatchObject({ checks: ['1e3', '0x10'], jobs: 2, _: ['run', '007', '-1'] })
})
