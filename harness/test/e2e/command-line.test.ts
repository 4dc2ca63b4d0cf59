import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../helpers/project-root.ts'
import { vmproof } from '../helpers/vmproof.ts'

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }

test('--version says the version alone', async () => {
  expect(await vmproof(['--version'], projectRoot)).toMatchObject({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  })
})

test.each([['run'], ['list'], ['parse'], ['report'], ['doctor'], ['setup']])(
  '%s --help has examples',
  async (command) => {
    const { code, stdout } = await vmproof([command, '--help'], projectRoot)
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples:\n +vmproof ${command}`))
  },
)

test.each([
  ['no command', [], 'Which command?'],
  ['an unknown command', ['lst'], 'Did you mean list?'],
  ['a command far from all', ['frobnicate'], 'Unknown command: frobnicate'],
  ['parse without a log', ['parse'], 'which log'],
  ['an unknown option', ['run', '--frobnicate'], 'Unknown argument: frobnicate'],
  ['a name with a dash', ['run', '-x'], 'goes behind --'],
  ['an empty value', ['run', '--out', ''], '--out: its value is empty'],
  ['an option that has no opposite', ['run', '--no-flake'], '--no-flake: there is no such option'],
  ['an empty name', ['run', ''], 'a name is empty'],
  ['an empty name of history', ['history', ''], 'a name is empty'],
  ['an empty value of history', ['history', '--out', ''], '--out: its value is empty'],
  ['an empty tag', ['list', '--tag', ''], '--tag: its value is empty'],
  ['a check behind a flake', ['run', '--flake', '.#checks.x86_64-linux.a'], 'vmproof run a --flake .'],
  ['an option twice', ['run', '--timeout', '5s', '--timeout', '6s'], '--timeout is given more than once'],
  ['an option without its value', ['run', '--jobs'], 'Not enough arguments following: jobs'],
  ['a name like a group of options', ['run', '-dash'], 'goes behind --'],
  ['a choice that does not exist', ['run', '--accel', 'gpu'], 'Invalid values'],
])('%s is wrong usage: exit 2 and one clear line', async (_, args, words) => {
  const { code, stdout, stderr } = await vmproof(args, projectRoot)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(words)
  expect(stderr).not.toMatch(/^\s+at /m)
})
