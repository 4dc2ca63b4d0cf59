import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../helpers/project-root.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { runStep, stepNamed, type WorkflowStep } from '../../helpers/workflow.ts'

const action = parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>
  runs: { steps: WorkflowStep[] }
}

/** The inputs as GitHub fills them in. */
function inputs(given: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `inputs.${name}`,
      given[name] ?? input.default ?? '',
    ]),
  )
}

function executable(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, 0o755)
  return file
}

const echo = `#!${process.execPath}\nprocess.stdout.write(JSON.stringify(process.argv.slice(2)))`

function wordsOf(step: string, given: Record<string, string>): string[] {
  const cwd = scratchFolder()
  const program = executable(join(cwd, 'a program'), echo)
  const values = { ...inputs(given), 'steps.program.outputs.program': program }
  const { stdout, stderr, status } = runStep(stepNamed(action.runs.steps, step), { cwd, values })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(existsSync(join(cwd, 'owned'))).toBe(false)
  return JSON.parse(stdout)
}

test.each([
  ['nothing', {}, ['run', '--out', 'reports', '--']],
  ['names, one a line', { checks: 'boots\n\nk3s-*\n' }, ['run', '--out', 'reports', '--', 'boots', 'k3s-*']],
  [
    'options over several lines',
    { args: '--retries 1\n  --tag network\n', command: 'sweep' },
    ['sweep', '--out', 'reports', '--retries', '1', '--tag', 'network', '--'],
  ],
  [
    'what means something to a shell',
    {
      checks: '$(touch owned)\n`touch owned`\n"; touch owned; "\n-n',
      args: '* $(touch owned) ;touch',
      out: 'a b',
    },
    [
      ...['run', '--out', 'a b', '*', '$(touch', 'owned)', ';touch', '--'],
      ...['$(touch owned)', '`touch owned`', '"; touch owned; "', '-n'],
    ],
  ],
])('it hands on %s', (_, given, words) => {
  expect(wordsOf('Checks', given)).toEqual(words)
})

test('it sets up for what it is told', () => {
  expect(wordsOf('What checks need of the machine', {})).toEqual(['setup', '--yes'])
  expect(wordsOf('What checks need of the machine', { kind: 'vm' })).toEqual([
    'setup',
    '--yes',
    '--kind',
    'vm',
  ])
})

/** What the step that looks for vmproof finds. */
function foundIn(cwd: string, given: Record<string, string>, checkout: string): string {
  const bin = join(cwd, 'bin')
  // Installing needs the network, and is npm's and pnpm's work.
  const fake = (name: string) => executable(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${cwd}/log"\n`)
  for (const name of ['npm', 'npx']) fake(name)
  const output = join(cwd, 'output')
  writeFileSync(output, '')
  const values = { ...inputs(given), 'github.action_path': checkout }
  const env = { GITHUB_OUTPUT: output, RUNNER_TEMP: join(cwd, 'temp'), PATH: `${bin}:${process.env.PATH}` }
  const { status, stderr } = runStep(stepNamed(action.runs.steps, 'Find vmproof'), { cwd, env, values })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return readFileSync(output, 'utf8')
}

test('it takes the version that it is told', () => {
  const cwd = scratchFolder()
  expect(foundIn(cwd, { version: '1.2.3' }, cwd)).toBe(
    `program=${cwd}/temp/vmproof/node_modules/.bin/vmproof\n`,
  )
  expect(readFileSync(join(cwd, 'log'), 'utf8')).toMatch(/^npm install .* vmproof@1\.2\.3\n$/)
})

test('it takes what the project has installed', () => {
  const cwd = scratchFolder()
  executable(join(cwd, 'node_modules/.bin/vmproof'), echo)
  expect(foundIn(cwd, {}, '/nowhere')).toBe(`program=${cwd}/node_modules/.bin/vmproof\n`)
  expect(existsSync(join(cwd, 'log'))).toBe(false)
})

test('it takes what the workspace around the project has installed, and nothing above the repository', () => {
  const outside = scratchFolder()
  const root = join(outside, 'checkout')
  const cwd = join(root, 'tests/vm')
  mkdirSync(cwd, { recursive: true })
  mkdirSync(join(root, '.git'))
  executable(join(outside, 'node_modules/.bin/vmproof'), echo)
  expect(foundIn(cwd, {}, projectRoot)).toBe(`program=${projectRoot}/harness/bin.mjs\n`)
  executable(join(root, 'node_modules/.bin/vmproof'), echo)
  expect(foundIn(cwd, {}, '/nowhere')).toBe(`program=${root}/node_modules/.bin/vmproof\n`)
})

test('else it takes its own checkout, which can be started as it is', () => {
  const cwd = scratchFolder()
  const checkout = join(cwd, 'its checkout')
  symlinkSync(projectRoot, checkout)
  expect(foundIn(cwd, {}, checkout)).toBe(`program=${checkout}/harness/bin.mjs\n`)
  expect(readFileSync(join(cwd, 'log'), 'utf8')).toBe('npx -y pnpm@12 install --frozen-lockfile\n')
  const version = runStep({ run: `"${checkout}/harness/bin.mjs" --version` }, { cwd })
  expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
})
