import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from './scratch.ts'

/** A step of a workflow or of an action, as YAML has it. */
export interface WorkflowStep {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  shell?: string
  env?: Record<string, string>
  with?: Record<string, string>
}

export type MatrixEntry = Record<string, unknown> & {
  name: string
  arguments: string
  runner: string | string[]
}

/** A job of a workflow, as YAML has it. */
export interface WorkflowJob {
  name?: string
  needs?: string[]
  if?: string
  'runs-on': string
  strategy?: { 'fail-fast': boolean; matrix: { include: MatrixEntry[] } }
  container?: { image: string; options: string }
  permissions?: Record<string, string>
  steps: WorkflowStep[]
}

export interface Workflow {
  on: Record<string, unknown>
  permissions: Record<string, string>
  defaults?: { run: { shell: string } }
  jobs: Record<string, WorkflowJob>
}

/**
 * A text with its expressions replaced, as GitHub does it once, without looking at what came out. It knows values by their
 * path (`matrix.name`) and texts in quotes, and refuses every other expression.
 */
export function evaluated(text: string, values: Record<string, string> = {}): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (whole, inner: string) => {
    const expression = inner.trim()
    const quoted = /^'((?:[^']|'')*)'$/.exec(expression)
    if (quoted) return (quoted[1] ?? '').replaceAll("''", "'")
    const value = values[expression]
    if (value === undefined) throw new Error(`an expression that nobody expects: ${whole}`)
    return value
  })
}

/** What a step may use of an entry of the matrix. */
export function matrixValues(entry: MatrixEntry): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      `matrix.${name}`,
      evaluated(Array.isArray(value) ? value.join(',') : String(value)),
    ]),
  )
}

/** Where and with what a step is run. */
export interface StepSurroundings {
  cwd: string
  env?: Record<string, string>
  values?: Record<string, string>
}

/** Runs a step as GitHub's runner runs `shell: bash`. */
export function runStep(step: WorkflowStep, { cwd, env = {}, values = {} }: StepSurroundings) {
  const file = join(scratchFolder(), 'step.sh')
  writeFileSync(file, evaluated(step.run ?? '', values))
  const own = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluated(text, values)]),
  )
  return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env, ...own },
  })
}

/** The step of this name. */
export function stepNamed(steps: WorkflowStep[], name: string): WorkflowStep {
  const step = steps.find((one) => one.name === name)
  if (!step) throw new Error(`no step is called ${name}`)
  return step
}
