import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { prepareGuestMaterial } from '../../../host/guest-material.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { kernelPackages, moduleFile, ubuntuPackages } from '../debian/kernel-packages.ts'
import { Repository, type TestPackage } from '../debian/repository.ts'

async function lab(packages: TestPackage[]) {
  const scratch = scratchFolder()
  const repository = await Repository.start(scratch, packages)
  const folder = join(scratch, 'guest/x86_64')
  const cache = join(scratch, 'cache')
  const prepare = () => prepareGuestMaterial({ architecture: 'x86_64' }, folder, cache)
  return { repository, folder, prepare }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

test('kernel, modules and busybox come from their packages', async () => {
  const { folder, prepare } = await lab(kernelPackages)
  await prepare()
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toBe('kernel 1.0')
  expect(readFileSync(join(folder, 'busybox'), 'latin1')).toContain('ELF')
  expect(existsSync(join(folder, 'modules/kernel/net/sched/sch_netem.ko'))).toBe(true)
  expect(readFileSync(join(folder, 'packages.txt'), 'utf8').split('\n')).toEqual([
    expect.stringMatching(/^linux-image-1\.0-cloud-amd64_1\.0_/),
    expect.stringMatching(/^busybox-static_1\.0_/),
    '',
  ])
})

test('compressed modules of a package of their own come out uncompressed', async () => {
  const plain = moduleFile()
  const xz = execFileSync('xz', ['-c'], { input: plain })
  const { folder, prepare } = await lab(
    ubuntuPackages({ 'lib/modules/6.8.0-1-generic/kernel/net/a.ko.xz': xz }),
  )
  await prepare()
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toBe('kernel 6.8')
  expect(readdirSync(join(folder, 'modules/kernel/net'))).toEqual(['a.ko'])
  expect(readFileSync(join(folder, 'modules/kernel/net/a.ko'))).toEqual(plain)
})

test('a guest that stands is replaced as a whole, and stays when the fetch fails', async () => {
  const { folder, prepare, repository } = await lab([])
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'vmlinuz'), 'old')
  writeFileSync(join(folder, 'left-over'), '')
  await expect(prepare()).rejects.toThrow('the package lists have no kernel for virtual machines')
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toBe('old')
  repository.publish(kernelPackages)
  const again = await lab(kernelPackages)
  await again.prepare()
  expect(readdirSync(again.folder).sort()).toEqual(['busybox', 'modules', 'packages.txt', 'vmlinuz'])
})

test('packages without a kernel are refused with their names, and nothing is left behind', async () => {
  const hollow = kernelPackages.map((one) => ({
    ...one,
    files: one.name === 'busybox-static' ? one.files : {},
  }))
  const { folder, prepare } = await lab(hollow as TestPackage[])
  await expect(prepare()).rejects.toThrow(/linux-image-1\.0-cloud-amd64.* no kernel or no modules/)
  expect(readdirSync(join(folder, '..'))).toEqual([])
})
