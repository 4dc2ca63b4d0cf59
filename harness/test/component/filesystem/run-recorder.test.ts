import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRunRecorder } from '../../../filesystem/run-recorder.ts'
import { writeAtomically } from '../../../process/atomic-file.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { canMount, smallDisk } from '../../helpers/small-disk.ts'

const event = { at: '2026-11-20T07:37:00.123Z', type: 'runEnded', seconds: 1, exitCode: 0 } as const

function record(folder: string) {
  const problems: string[] = []
  return { recorder: createRunRecorder(folder, (line) => problems.push(line)), problems }
}

test('an attempt leaves the raw log and a console per node', () => {
  const folder = scratchFolder()
  const { recorder, problems } = record(folder)
  const files = recorder.attempt('k3s@lossy', 2)
  files.log(Buffer.from([0, 255, 10]))
  files.log(Buffer.from('more'))
  files.console('agent_1', 'booting')
  files.console('agent_1', 'ready')
  files.console('../../evil', 'hello')
  files.close()
  recorder.close()
  expect(files.folder).toBe('k3s@lossy/attempt-2')
  expect(readFileSync(join(files.path, 'driver.log'))).toEqual(
    Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from('more')]),
  )
  expect(readFileSync(join(files.path, 'agent_1.console.txt'), 'utf8')).toBe('booting\nready\n')
  expect(readdirSync(files.path)).toHaveLength(3)
  expect(problems).toEqual([])
  expect(recorder.problem()).toBeNull()
})

test('an attempt that prints nothing leaves an empty log, for the reports name it', () => {
  const { recorder } = record(scratchFolder())
  const files = recorder.attempt('silent', 1)
  files.close()
  expect(readFileSync(join(files.path, 'driver.log'))).toHaveLength(0)
  expect(recorder.problem()).toBeNull()
})

test('a check cannot take the place of a report', () => {
  const folder = scratchFolder()
  const { recorder } = record(folder)
  recorder.attempt('run.json', 1)
  writeAtomically(join(folder, 'run.json'), '{}')
  expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe('{}')
})

test('a flood of node names opens a bounded number of files', () => {
  const { recorder } = record(scratchFolder())
  const files = recorder.attempt('flood', 1)
  for (let index = 0; index < 5000; index++) files.console(`node${index}`, 'x')
  files.close()
  expect(readdirSync(files.path).length).toBeLessThanOrEqual(65)
})

test('a device that is always full is told once, and nothing throws', () => {
  const folder = scratchFolder()
  const { recorder, problems } = record(folder)
  // The folder of the run is gone: every write fails, as on a disk that was pulled.
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  recorder.event(event)
  const files = recorder.attempt('a', 1)
  files.log(Buffer.from('x'))
  files.console('n', 'y')
  files.close()
  recorder.close()
  expect(problems).toEqual([
    expect.stringMatching(/^cannot write .*events\.ndjson: a part of the path is not a folder$/),
  ])
  expect(recorder.problem()).toBe(problems[0])
})

describe.runIf(canMount)('on a real small disk (needs the right to mount)', () => {
  test('a full disk: one line, no throw, the journal as far as it goes', () => {
    const { folder } = smallDisk(128)
    const { recorder, problems } = record(folder)
    recorder.event(event)
    const files = recorder.attempt('noisy', 1)
    for (let index = 0; index < 64; index++) files.log(Buffer.alloc(16 * 1024, 97))
    recorder.event(event)
    files.close()
    recorder.close()
    expect(problems).toEqual([expect.stringMatching(/driver\.log: no space left on the device$/)])
    expect(recorder.problem()).toBe(problems[0])
    expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toMatch(/^\{.*\}\n/)
  })

  test('a report is there as a whole or not at all', () => {
    const { folder } = smallDisk(64)
    const path = join(folder, 'run.json')
    writeAtomically(path, 'old')
    const large = Array.from({ length: 100 }, () => 'x'.repeat(4096))
    expect(() => writeAtomically(path, large)).toThrow(/ENOSPC/)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['run.json'])
  })

  test('a file system that became read-only keeps what it has', () => {
    const { folder, remount } = smallDisk(64)
    const path = join(folder, 'junit.xml')
    writeAtomically(path, 'old')
    remount('ro')
    expect(() => writeAtomically(path, 'new')).toThrow(/EROFS/)
    remount('rw')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(existsSync(path)).toBe(true)
  })
})
