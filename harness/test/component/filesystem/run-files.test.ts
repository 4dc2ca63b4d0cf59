import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attachedFile, isPng, runFile } from '../../../filesystem/run-files.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

function run(): string {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'boot/attempt-1/output'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'x')
  writeFileSync(join(folder, 'boot/attempt-1/driver.log'), 'log')
  writeFileSync(join(folder, 'boot/attempt-1/output/a b#?%.png'), png)
  writeFileSync(join(folder, 'boot/attempt-1/output/javascript:alert(1)'), 'x')
  symlinkSync('/etc/passwd', join(folder, 'boot/attempt-1/output/link'))
  return folder
}

test('a file of the run, as a URL that no name can turn into another', () => {
  const folder = run()
  expect(runFile(folder, 'boot/attempt-1/driver.log')).toMatchObject({
    bytes: 3,
    href: './boot/attempt-1/driver.log',
  })
  expect(attachedFile(folder, 'boot/attempt-1', 'a b#?%.png')?.href).toBe(
    './boot/attempt-1/output/a%20b%23%3F%25.png',
  )
  expect(attachedFile(folder, 'boot/attempt-1', 'javascript:alert(1)')?.href).toBe(
    './boot/attempt-1/output/javascript%3Aalert(1)',
  )
})

test.each([
  '../../../secret.txt',
  '../../../../../../../../etc/passwd',
  '/etc/passwd',
  'link',
  '.',
  'nothing',
  '',
])('what a script calls %j is no file of its attempt', (name) => {
  expect(attachedFile(run(), 'boot/attempt-1', name)).toBeNull()
})

test('a picture is known by its bytes, not by its name', () => {
  const folder = run()
  expect(isPng(join(folder, 'boot/attempt-1/output/a b#?%.png'))).toBe(true)
  writeFileSync(join(folder, 'fake.png'), '<svg onload="alert(1)">')
  expect(isPng(join(folder, 'fake.png'))).toBe(false)
  expect(isPng(join(folder, 'none.png'))).toBe(false)
})
