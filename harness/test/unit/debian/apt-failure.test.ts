import { expect, test } from 'vitest'
import { aptFailure, isGone } from '../../../debian/apt-failure.ts'

const unresolved = `W: Failed to fetch http://deb.example/dists/x/InRelease  Temporary failure resolving 'deb.example'
W: Failed to fetch http://deb.example/dists/x/InRelease  Temporary failure resolving 'deb.example'
W: Some index files failed to download. They have been ignored, or old ones used instead.
`

test('an unreachable mirror is told once, with what to look at', () => {
  const { message, hints } = aptFailure('no lists', unresolved)
  expect(message).toBe('no lists')
  expect(hints).toEqual([
    "Failed to fetch http://deb.example/dists/x/InRelease  Temporary failure resolving 'deb.example'",
    'Some index files failed to download. They have been ignored, or old ones used instead.',
    expect.stringContaining('this host does not reach its package mirror'),
  ])
})

test('a full disk and a wrong key have an advice of their own', () => {
  expect(aptFailure('x', 'E: Write error - write (28: No space left on device)').hints.at(-1)).toContain(
    'free space',
  )
  expect(aptFailure('x', 'E: The repository is not signed.').hints.at(-1)).toContain('keys')
  expect(aptFailure('x', 'Segmentation fault').hints).toEqual(['Segmentation fault'])
})

test('a file that the mirror no longer has is told from one that it refuses', () => {
  const failed = 'E: Failed to fetch http://deb.example/x_1_amd64.deb '
  expect(isGone(`${failed} 404  Not Found [IP: 192.0.2.1 80]\n`)).toBe(true)
  expect(isGone(`${failed} 403  Forbidden [IP: 192.0.2.1 80]\n`)).toBe(false)
})
