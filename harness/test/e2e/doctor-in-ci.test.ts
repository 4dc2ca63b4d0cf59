import { expect, test } from 'vitest'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'

const none = { CI: '', GITHUB_ACTIONS: '', GITLAB_CI: '' }
const huge = suite('huge', `nodes: { machine: { memory: '900G' } }`)

test('outside of CI doctor says nothing of runners', async () => {
  const { stdout } = await vmproof(['doctor', '--kind', 'vm', '--json'], suiteProject({}), none)
  expect(JSON.parse(stdout)).toMatchObject({ schema: 1, ci: null })
})

test('in a job it names what the runner lacks for the checks of the project, with the lines to add', async () => {
  const folder = suiteProject({ 'huge.ts': huge })
  const github = { ...none, GITHUB_ACTIONS: 'true' }
  const { stdout } = await vmproof(['doctor', '--kind', 'vm', '--json'], folder, github)
  const { ci } = JSON.parse(stdout)
  expect(ci).toMatchObject({ system: 'github', title: 'GitHub Actions', because: 'GITHUB_ACTIONS' })
  const memory = ci.advice.find(({ id }: { id: string }) => id === 'memory')
  expect(memory.text).toMatch(/^"huge" needs 9\d\d(\.\d)? GiB of memory for its VMs, this runner has /)
  expect(memory.lines).toContain('[labels.large-memory]')
  const text = await vmproof(['doctor', '--kind', 'vm'], folder, github)
  expect(text.stdout).toContain('In a job of GitHub Actions (GITHUB_ACTIONS is set):\n! "huge" needs ')
})

test('suites that cannot be read are for run to tell', async () => {
  const folder = suiteProject({ 'broken.ts': 'export default {' })
  const { code, stdout } = await vmproof(['doctor', '--kind', 'vm', '--json'], folder, {
    ...none,
    GITLAB_CI: 'true',
  })
  expect([0, 4]).toContain(code)
  expect(JSON.parse(stdout).ci.system).toBe('gitlab')
})
