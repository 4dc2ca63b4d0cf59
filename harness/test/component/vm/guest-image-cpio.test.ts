import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { cpioArchive } from '../../../vm/guest/cpio.ts'
import { busybox } from '../../helpers/guest.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

test("busybox's cpio reads our archives", () => {
  const folder = scratchFolder()
  const archive = cpioArchive([
    { type: 'folder', path: 'etc', mode: 0o755 },
    { type: 'file', path: 'etc/odd', content: Buffer.from('12345'), mode: 0o644 },
    { type: 'file', path: 'init', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
    { type: 'link', path: 'sh', target: 'busybox' },
    { type: 'device', path: 'console', major: 5, minor: 1 },
  ])
  const listing = execFileSync(busybox, ['cpio', '-tv'], { input: archive, cwd: folder }).toString()
  const fields = listing
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
  expect(fields.map((words) => [words[0], words.at(-1)])).toEqual([
    ['drwxr-xr-x', 'etc'],
    ['-rw-r--r--', 'etc/odd'],
    ['-rwxr-xr-x', 'init'],
    ['lrwxrwxrwx', 'busybox'],
    ['crw-------', 'console'],
  ])
})
