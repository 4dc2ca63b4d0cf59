import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { scratchFolder } from '../../helpers/scratch.ts'
import { suite, suiteProject } from '../../helpers/suites.ts'
import { vmproof } from '../../helpers/vmproof.ts'

const project = () =>
  suiteProject({
    'a.ts': suite('a', "nodes: { machine: { memory: '128M', vlans: [] } }, timeout: '10m'"),
    'b.ts': suite('b', "nodes: { machine: { memory: '128M', vlans: [] } }, timeout: '10m'"),
  })

const printed = async (folder: string, ...args: string[]) => {
  const program = args.includes('--program') ? [] : ['--program', 'vmproof']
  const { stdout, stderr, code } = await vmproof(['ci', ...args, ...program], folder)
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return parse(stdout)
}

test('what the configuration says for CI holds for a pipeline, wherever it is printed', async () => {
  const folder = project()
  const before = await printed(folder, 'gitlab', '--no-sweep')
  expect(before.report.script.at(-1)).toContain(' --out reports ')
  const sections = { ci: { run: { retries: 2, out: 'artifacts/vm' } } }
  writeFileSync(join(folder, 'vmproof.config.json'), JSON.stringify({ sections }))
  const { 'check a': job, report } = await printed(folder, 'gitlab', '--no-sweep')
  // Three attempts, and what comes before them.
  const minutes = (text: string) => Number.parseInt(text, 10) - 10
  expect(minutes(job.timeout)).toBe(3 * minutes(before['check a'].timeout))
  expect(report.script.at(-1)).toContain(' --out artifacts/vm ')
})

test('a history of one’s own is left alone', async () => {
  const folder = project()
  expect((await printed(folder, 'gitlab')).report.script.at(-1)).toContain('--keep-history')
  writeFileSync(join(folder, 'vmproof.config.json'), '{ "history": "past" }')
  expect((await printed(folder, 'gitlab')).report.script.at(-1)).not.toContain('--keep-history')
})

test('a project in a folder of its repository, and in one of a workspace', async () => {
  const root = scratchFolder()
  mkdirSync(join(root, '.git'))
  mkdirSync(join(root, 'tests'))
  const folder = join(root, 'tests/vm')
  renameSync(project(), folder)
  writeFileSync(join(folder, 'package.json'), '{}')
  writeFileSync(join(root, 'package-lock.json'), '{}')
  const pipeline = await printed(folder, 'gitlab', '--program', 'npx vmproof')
  expect(pipeline.default.before_script).toEqual(['cd tests/vm', 'npm ci'])
  expect(pipeline['.run'].artifacts.paths).toEqual(['tests/vm/reports/'])
  const workflow = await printed(folder, 'github')
  expect(workflow.defaults.run['working-directory']).toBe('tests/vm')
})

test('a push does not end the sweep of the night', async () => {
  const { concurrency } = await printed(project(), 'github')
  expect(concurrency.group).toContain('github.event_name')
})

test('no check, no pipeline', async () => {
  const { stdout, stderr, code } = await vmproof(['ci', 'gitlab', '--kind', 'vm'], scratchFolder())
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toMatch(/^vmproof: /)
})
