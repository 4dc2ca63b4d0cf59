import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { attemptPaths } from '../../../filesystem/attempt-paths.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { check } from '../../unit/reporters/junit-samples.ts'

let project: string
let run: string

beforeEach(() => {
  project = scratchFolder()
  run = join(project, 'reports/1')
})

function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), 'x')
  }
}

const attempt = 'reports/1/k3s/attempt-1'
const pathsOf = (...attachments: string[]) =>
  attemptPaths(run, project)(check({ folder: 'k3s/attempt-1', attachments }))

test('pictures come first, of those that are there the newest; then other files, then the log', () => {
  write(
    `${attempt}/driver.log`,
    ...['a.png', 'sub/b.JPG', 'trace.json'].map((name) => `${attempt}/output/${name}`),
  )
  expect(pathsOf('a.png', 'trace.json', 'sub/b.JPG', 'gone.png', 'a.png')).toEqual({
    log: `${attempt}/driver.log`,
    attachments: [
      `${attempt}/output/a.png`,
      `${attempt}/output/sub/b.JPG`,
      `${attempt}/output/trace.json`,
      `${attempt}/driver.log`,
    ],
  })
})

test('a guest names no file outside of the output, by whatever way', () => {
  write(`${attempt}/driver.log`, `${attempt}/output/ok.png`, 'secret.png')
  const output = join(project, attempt, 'output')
  symlinkSync(join(project, 'secret.png'), join(output, 'link.png'))
  mkdirSync(join(output, 'folder.png'))
  const names = ['../driver.log', '../../../../../secret.png', join(project, 'secret.png'), 'link.png']
  expect(pathsOf(...names, 'folder.png', '', '.', 'x\0y', 'ok.png').attachments).toEqual([
    `${attempt}/output/ok.png`,
    `${attempt}/driver.log`,
  ])
})

test('a name that ends the marker is left out', () => {
  const names = ['a]].png', 'b|c.png', '[d.png', 'e\nf.png']
  write(`${attempt}/driver.log`, ...names.map((name) => `${attempt}/output/${name}`))
  expect(pathsOf(...names).attachments).toEqual([`${attempt}/driver.log`])
})

test('there are not many', () => {
  const names = Array.from({ length: 30 }, (_, index) => `${index}.png`)
  write(...names.map((name) => `${attempt}/output/${name}`))
  expect(pathsOf(...names).attachments).toHaveLength(10)
})

test('outside of a GitLab job, and for a run outside of the project, nothing is attached', () => {
  write(`${attempt}/driver.log`)
  const facts = check({ folder: 'k3s/attempt-1' })
  expect(attemptPaths(run, null)(facts)).toEqual({ log: 'k3s/attempt-1/driver.log', attachments: [] })
  const elsewhere = scratchFolder()
  renameSync(join(project, 'reports'), join(elsewhere, 'reports'))
  expect(attemptPaths(join(elsewhere, 'reports/1'), project)(facts)).toEqual({
    log: 'k3s/attempt-1/driver.log',
    attachments: [],
  })
})

test('without an attempt there is nothing', () => {
  expect(attemptPaths(run, project)(check({ folder: null }))).toEqual({ log: null, attachments: [] })
})

test('the files of a shard are found from the merged run', () => {
  write(`${attempt}/driver.log`)
  const merged = attemptPaths(join(project, 'reports/merged'), project)
  expect(merged(check({ folder: '../1/k3s/attempt-1' })).log).toBe(`${attempt}/driver.log`)
})

test('a project that is reached by a link is the same project', () => {
  write(`${attempt}/driver.log`)
  const link = join(scratchFolder(), 'project')
  symlinkSync(project, link)
  expect(attemptPaths(run, link)(check({ folder: 'k3s/attempt-1' })).attachments).toEqual([
    `${attempt}/driver.log`,
  ])
})
