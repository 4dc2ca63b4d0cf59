import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drive, smallNode } from '../../helpers/drive.ts'
import { makeGuest } from '../../helpers/guest.ts'

let folder = ''
let guest = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vmproof-copies-'))
  guest = makeGuest(join(folder, 'guest'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('files and folders arrive unchanged, with their modes, in both directions', async () => {
  const large = randomBytes(5_000_001)
  const source = join(folder, "it's a file")
  writeFileSync(source, large)
  chmodSync(source, 0o754)
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, 'deep/empty'), { recursive: true })
  writeFileSync(join(tree, 'deep/run.sh'), '#!/bin/sh\n', { mode: 0o700 })
  writeFileSync(join(tree, 'nothing'), '')
  symlinkSync('nothing', join(tree, 'link'))
  const seen: Record<string, string> = {}
  const { end, outputFolder, text } = await drive<'machine'>(
    async ({ machine }) => {
      await machine.copyFromHost(source, '/srv/new folder/')
      seen.sum = (await machine.succeed(`sha256sum < "/srv/new folder/it's a file"`)).slice(0, 64)
      seen.mode = await machine.succeed(`stat -c %a "/srv/new folder/it's a file"`)
      await machine.copyFromHost(tree, '/srv/tree')
      seen.tree = await machine.succeed('cd /srv/tree; find . | sort; stat -c %a deep/run.sh; readlink link')
      await machine.succeed(
        'mkfifo /srv/tree/pipe; cp /bin/busybox /srv/tree/root; chmod 4755 /srv/tree/root',
      )
      await machine.copyFromVm("/srv/new folder/it's a file", 'deep/er/back')
      seen.back = await machine.copyFromVm('/srv/tree')
      await machine.copyFromVm('/proc/version')
      await machine.succeed('ls /srv /tmp | grep -c vmproof- && exit 1 || exit 0')
    },
    { nodes: [smallNode(guest, { memoryMiB: 192 })] },
  )
  expect(text).not.toContain('failed after')
  expect({ end, ...seen }).toEqual({
    end: 'passed',
    sum: sum(large),
    mode: '754\n',
    tree: '.\n./deep\n./deep/empty\n./deep/run.sh\n./link\n./nothing\n700\nnothing\n',
    back: join(outputFolder, 'tree'),
  })
  expect(sum(readFileSync(join(outputFolder, 'deep/er/back')))).toBe(sum(large))
  expect(statSync(join(outputFolder, 'deep/er/back')).mode & 0o777).toBe(0o754)
  expect(readFileSync(join(outputFolder, 'version'), 'utf8')).toMatch(/^Linux version /)
  expect(statSync(join(outputFolder, 'tree/deep/run.sh')).mode & 0o777).toBe(0o700)
  expect(readlinkSync(join(outputFolder, 'tree/link'))).toBe('nothing')
  // A guest must not leave its devices and its rights on the host.
  expect(() => lstatSync(join(outputFolder, 'tree/pipe'))).toThrow('ENOENT')
  expect(statSync(join(outputFolder, 'tree/root')).mode & 0o7777).toBe(0o755)
})

test('what cannot be copied is told with both paths, and leaves nothing half', async () => {
  const file = join(folder, 'small')
  writeFileSync(file, randomBytes(3_000_000))
  const words: string[] = []
  const note = (error: Error) => void words.push(error.message.replaceAll(folder, 'HOST'))
  const { outputFolder } = await drive<'machine'>(
    async ({ machine }) => {
      await machine.copyFromHost(join(folder, 'none'), '/tmp/x').catch(note)
      await machine.copyFromHost('/dev/null', '/tmp/x').catch(note)
      await machine.copyFromHost(file, '/tmp').catch(note)
      await machine.succeed('mkdir /small; mount -t tmpfs -o size=1M none /small')
      await machine.copyFromHost(file, '/small/x').catch(note)
      await machine.succeed('test -z "$(ls -A /small)"')
      await machine.copyFromVm('/none').catch(note)
      await machine.copyFromVm('/dev/null').catch(note)
    },
    { nodes: [smallNode(guest)] },
  )
  expect(words.map((line) => line.replace(outputFolder, 'OUT'))).toEqual([
    "cannot copy HOST/none to /tmp/x (node machine): no such file or directory, stat 'HOST/none'",
    'cannot copy /dev/null to /tmp/x (node machine): it is neither a file nor a folder',
    'cannot copy HOST/small to /tmp (node machine): the guest says: a folder of that name is there',
    expect.stringMatching(
      /^cannot copy HOST\/small to \/small\/x \(node machine\): the guest says: .*No space left on device$/,
    ),
    'cannot copy /none to OUT/none (node machine): the guest says: no such file or folder',
    'cannot copy /dev/null to OUT/null (node machine): it is neither a file nor a folder',
  ])
})
