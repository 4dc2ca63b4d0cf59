import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { UnstampedRunEvent } from '../../../model/run-event.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { vmproof } from '../../helpers/vmproof.ts'
import { complaints, parseXml } from '../../unit/reporters/junit-validator.ts'
import { stamped } from '../../unit/reporters/replay.ts'
import { started, wholeRun } from '../../unit/reporters/story.ts'

const green = 'k3s-cluster-simple'
let out: string

beforeEach(() => {
  out = scratchFolder()
  addRun('green', 33, (event) => 'instance' in event && event.instance === green)
})

/** A run with a part of the story's events. */
function addRun(name: string, second: number, keep: (event: UnstampedRunEvent) => boolean): void {
  const head = started as Extract<UnstampedRunEvent, { type: 'runStarted' }>
  const run = {
    ...head.run,
    id: `20261120T0753${second}000Z-0001`,
    startedAt: `2026-11-20T07:53:${second}.000Z`,
  }
  const events = stamped([{ ...head, run }, ...wholeRun.slice(1).filter(keep)])
  addJournal(name, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

function addJournal(name: string, text: string): void {
  mkdirSync(join(out, name))
  writeFileSync(join(out, name, 'events.ndjson'), text)
}

const report = (...args: string[]) =>
  vmproof(['report', '--out', out, '--to', join(out, 'merged'), '--exit-code', ...args], out)
const read = (name: string) => readFileSync(join(out, 'merged', name), 'utf8')

test('green is what holds all that is expected', async () => {
  expect((await report('green', '--expect', green)).code).toBe(0)
})

test('what no run knows of is told, and is not green', async () => {
  const { code, stdout } = await report('green', '--expect', green, '--expect=-lost', '--expect', 'a@b')
  expect(code).toBe(5)
  expect(stdout).toMatch(/skipped {2}-lost, a@b: not executed/)
  const { run, checks } = JSON.parse(read('run.json'))
  expect(run.exitCode).toBe(5)
  expect(checks.map(({ name, profile }: Record<string, string>) => [name, profile])).toEqual([
    [green, null],
    ['-lost', null],
    ['a', 'b'],
  ])
  expect(complaints(parseXml(read('junit.xml')))).toEqual([])
})

test('a journal that holds nothing does not take the others with it where what is missing can be told', async () => {
  addJournal('empty', '')
  const { code, stderr } = await report('green', 'empty', '--expect', green, '--expect', 'lost')
  expect(code).toBe(5)
  expect(stderr).toContain('it is left out')
  expect(read('junit.xml')).toContain('<testsuite name="lost"')
  expect((await report('green', 'empty')).code).toBe(2)
  expect((await report('empty', '--expect', 'lost')).code).toBe(2)
})

test('a run of which only the head is left makes no merged report green', async () => {
  addRun('head', 34, () => false)
  expect((await report('green')).code).toBe(0)
  expect((await report('green', 'head')).code).toBe(130)
})

test('--keep-history adds the attempts of the runs to the history, each once', async () => {
  const history = () =>
    vmproof(['history', '--out', out, '--json'], out).then(({ stdout }) => JSON.parse(stdout))
  await report('green')
  expect(existsSync(join(out, 'history'))).toBe(false)
  for (const _ of ['first', 'again']) expect((await report('green', '--keep-history')).code).toBe(0)
  const [file = '', ...others] = readdirSync(join(out, 'history'))
  expect(others).toEqual([])
  expect(file).toMatch(/^merged-\d{4}-\d\d\.ndjson$/)
  expect(
    readFileSync(join(out, 'history', file), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(1)
  expect(JSON.stringify(await history())).toContain(green)
  writeFileSync(join(out, 'blocked'), '')
  writeFileSync(join(out, 'vmproof.config.json'), '{ "history": "blocked" }')
  const { code, stderr } = await report('green', '--keep-history')
  expect(code).toBe(0)
  expect(stderr).toContain('not kept in the history')
})
