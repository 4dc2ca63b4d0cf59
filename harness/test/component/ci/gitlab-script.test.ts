import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderGitlab } from '../../../ci/gitlab.ts'
import { planJobs, planSweep } from '../../../ci/jobs.ts'
import { instance, listed } from '../../helpers/checks.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

/** A program called `vmproof` that prints its arguments, each with a zero behind it. */
function fakeVmproof(): string {
  const folder = scratchFolder()
  const file = join(folder, 'vmproof')
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\0' "$@"\n`)
  chmodSync(file, 0o755)
  return folder
}

const options = {
  program: 'vmproof',
  runOptions: [],
  image: null,
  before: null,
  install: [],
  out: 'reports',
  folder: '',
  keepsHistory: false,
  tags: [],
}

const dollar = '$'
const names = [
  "it's",
  '"quoted"',
  'a b  c',
  ' leading and trailing ',
  'a/b/../c',
  `${dollar}HOME and ${dollar}{HOME} and ${dollar}(id) and \`id\``,
  `${dollar}CI_JOB_TOKEN`,
  `${dollar}[[ inputs.x ]] ${dollar}{{ job.inputs.x }} {{ x }} %{x}`,
  `${dollar}${dollar}`,
  'two\nlines',
  'tab\there, return\rhere',
  '-n',
  '--help',
  '--',
  '*',
  '~',
  '#comment',
  '!reference [a, b]',
  '& rm -rf nowhere; exit 3 | cat > /dev/null',
  'back\\slash\\',
  'grün 😀 \u202e \u00a0 \u2028',
  'on',
  '0x10',
  'x'.repeat(250),
]

test('a shell hands every name to vmproof as it is', () => {
  const path = `${fakeVmproof()}:${process.env.PATH}`
  const instances = names.map((name) =>
    instance(name, { check: listed(name, { kind: 'vm' }), accelerator: 'tcg' }),
  )
  for (const by of ['check', 'shard'] as const) {
    const jobs = planJobs(instances, { by, shards: 1, groups: [], labels: null, attempts: 1 })
    const pipeline = parse(renderGitlab(jobs, options).text, { version: '1.1' })
    const seen = jobs.flatMap(({ name }) => {
      const [line] = pipeline[name].script
      const text = execFileSync('/bin/sh', ['-c', line], {
        encoding: 'utf8',
        env: { ...process.env, PATH: path },
      })
      const words = text.split('\0').slice(0, -1)
      const rest = words.slice(words.indexOf('reports') + 1)
      return rest[0] === '--' ? rest.slice(1) : rest
    })
    expect(seen.toSorted()).toEqual(names.toSorted())
  }
})

test('and so does the report for what it must know of', () => {
  const instances = names.map((name) => instance(name, { check: listed(name, { kind: 'vm' }) }))
  const division = { by: 'check', shards: 1, groups: [], labels: null, attempts: 1 } as const
  const nightly = planSweep([instance('a', { profile: 'edge' })], division)
  const { text } = renderGitlab([...planJobs(instances, division), ...nightly], { ...options, install: [] })
  const lines: string[] = parse(text, { version: '1.1' }).report.script
  const seenBy = (env: Record<string, string>) =>
    execFileSync('/bin/sh', ['-ec', lines.join('\n')], {
      encoding: 'utf8',
      env: { ...process.env, ...env, PATH: `${fakeVmproof()}:${process.env.PATH}` },
    })
      .split('\0')
      .filter((word) => word.startsWith('--expect='))
      .map((word) => word.slice('--expect='.length))
  expect(seenBy({}).toSorted()).toEqual(names.toSorted())
  expect(seenBy({ PARENT_PIPELINE_SOURCE: 'schedule' })).toHaveLength(names.length + 1)
})

test('no templating of GitLab sees anything in them', () => {
  const instances = names.map((name) => instance(name, { check: listed(name, { kind: 'vm' }) }))
  const jobs = planJobs(instances, { by: 'check', shards: 1, groups: [], labels: null, attempts: 1 })
  const { text } = renderGitlab(jobs, options)
  expect(text).not.toMatch(/\$\[\[|\$\{\{|\{\{|%\{\{/)
})
