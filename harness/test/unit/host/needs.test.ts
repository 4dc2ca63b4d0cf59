import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostListsAreStale } from '../../../host/apt.ts'
import { guestDiskNeed, kvmNeed, memoryNeed, nodeNeed, storeDiskNeed } from '../../../host/machine-needs.ts'
import { isReady, limited, type Need, ok, type Remedy } from '../../../host/need.ts'
import { type Platform, readPlatform } from '../../../host/platform.ts'
import { isAtLeast } from '../../../host/probe.ts'
import { planSteps } from '../../../host/steps.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

describe('needs', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
    ['20.18.9', 'missing'],
    ['18.20.4', 'missing'],
  ])('Node.js %s is %s', (version, state) => {
    expect(nodeNeed(version).state).toBe(state)
  })

  test.each([
    ['nix (Nix) 2.8.0', true],
    ['nix (Nix) 2.36.0pre20260822', true],
    ['nix (Lix, like Nix) 2.93.3', true],
    ['nix (Nix) 2.3.16', false],
    ['nonsense', null],
  ])('%s is new enough: %s', (text, expected) => {
    expect(isAtLeast(text, [2, 8])).toBe(expected)
  })

  const noKvm = { works: false, reason: 'there is no /dev/kvm', mend: 'get it', seconds: null }

  test('without KVM the host is ready all the same, and the person is told', () => {
    const need = kvmNeed(noKvm)
    expect(need).toMatchObject({ state: 'limited', mend: 'get it', remedy: null })
    expect(need.detail).toMatch(/^there is no \/dev\/kvm; VMs are emulated/)
    expect(isReady([need])).toBe(true)
  })

  test('KVM that works is told with what was measured', () => {
    const need = kvmNeed({ works: true, reason: null, mend: null, seconds: 0.3 })
    expect(need).toMatchObject({ state: 'ok', detail: 'Linux boots under it, in 300 ms' })
  })

  test('a kernel is fetched where KVM lacks nothing else to be tried', () => {
    expect(kvmNeed({ ...noKvm, lacksKernel: true }).remedy).toEqual({ type: 'guest' })
  })

  test('little memory is said, not forbidden', () => {
    expect(memoryNeed({ availableMiB: 512, totalMiB: 1024, cores: 1 })).toMatchObject({
      state: 'limited',
      detail: '512 MiB of 1 GiB free, 1 cores',
    })
    expect(memoryNeed({ availableMiB: 4096, totalMiB: 8192, cores: 2 }).state).toBe('ok')
  })

  test('a place where no folder can be made is missing, and nothing is left of the trial', () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(guestDiskNeed(join(folder, 'file/vmproof'))).toMatchObject({
      state: 'missing',
      detail: `${folder}/file/vmproof cannot be written to: ENOTDIR`,
      mend: expect.stringContaining('XDG_CACHE_HOME'),
    })
    expect(guestDiskNeed('/proc/vmproof')).toMatchObject({ state: 'missing' })
    guestDiskNeed(join(folder, 'cache/vmproof'))
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('the disk is measured where it will be filled', () => {
    expect(storeDiskNeed().detail).toMatch(/free at \/(nix)?$/)
    const folder = scratchFolder()
    expect(guestDiskNeed(join(folder, 'not', 'yet')).detail).toMatch(new RegExp(`free at ${folder}$`))
  })
})

describe('platform', () => {
  function platformOf(osRelease: string): Platform {
    const file = join(scratchFolder(), 'os-release')
    writeFileSync(file, osRelease)
    return readPlatform(file)
  }

  test('names come with and without quotes', () => {
    const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
    expect(platformOf(debian)).toMatchObject({
      name: 'Debian GNU/Linux 12 (bookworm)',
      id: 'debian',
      version: '12',
    })
    expect(platformOf("ID='fedora'\n")).toMatchObject({ id: 'fedora', hasApt: false })
  })

  test('what is like Debian counts as Debian, what is not does not', () => {
    const hasApt = platformOf('ID=debian\n').hasApt
    expect(platformOf('ID=linuxmint\nID_LIKE="ubuntu debian"\n').hasApt).toBe(hasApt)
    expect(platformOf('ID=nixos\n').hasApt).toBe(false)
  })

  test('a system that says nothing about itself is unknown', () => {
    expect(readPlatform('/no/such/file')).toMatchObject({ id: 'unknown', hasApt: false })
  })
})

describe('package lists', () => {
  const now = Date.now()

  test('none, or only old ones, are stale', () => {
    const folder = scratchFolder()
    expect(hostListsAreStale(now, folder)).toBe(true)
    writeFileSync(join(folder, 'deb.example.org_main_binary-amd64_Packages.lz4'), '')
    // The mirror's time does not count, but when the file came here.
    utimesSync(join(folder, 'deb.example.org_main_binary-amd64_Packages.lz4'), 1, 1)
    expect(hostListsAreStale(now, folder)).toBe(false)
    expect(hostListsAreStale(now + 25 * 3_600_000, folder)).toBe(true)
    expect(hostListsAreStale(now, '/no/such/folder')).toBe(true)
  })
})

describe('steps', () => {
  const root: Platform = {
    name: 'Debian',
    id: 'debian',
    architecture: 'x86_64',
    hasApt: true,
    isRoot: true,
    sudo: null,
  }
  const user: Platform = { ...root, isRoot: false, sudo: '/usr/bin/sudo' }

  function missing(id: string, remedy: Remedy | null): Need {
    return { id, title: id, state: 'missing', detail: 'not there', mend: 'get it', remedy }
  }

  const titles = (needs: Need[], platform: Platform) =>
    planSteps(needs, platform)
      .filter((step) => !step.isOptional)
      .map((step) => step.title)

  test('nothing is done about what is there', () => {
    expect(planSteps([ok('nix', 'Nix', '2.8')], root)).toEqual([])
  })

  test('packages are installed in one go, through sudo for a user', () => {
    const needs = [
      missing('nix', { type: 'packages', packages: ['nix-bin'] }),
      missing('qemu', { type: 'packages', packages: ['qemu-system-x86'] }),
    ]
    expect(titles(needs, root)).toEqual(['install nix-bin, qemu-system-x86'])
    const shown = planSteps(needs, user).flatMap((step) => step.shows)
    expect(shown.every((line) => line.startsWith('$ sudo DEBIAN_FRONTEND=noninteractive apt-get -y '))).toBe(
      true,
    )
    expect(shown.at(-1)).toContain('DPkg::Lock::Timeout=300')
  })

  test('a user gets the folder before anything is put into it', () => {
    const needs = [missing('guest', { type: 'guest' }), missing('tools', { type: 'tools' })]
    expect(titles(needs, root)).toHaveLength(2)
    expect(titles(needs, user)).toHaveLength(3)
    expect(titles(needs, user)[0]).toBe('make a folder for what builders need')
  })

  test('what merely helps is installed, too, and nothing twice', () => {
    const packages = { type: 'packages' as const, packages: ['qemu-system-arm'] }
    const helpful = limited({ id: 'b', title: 'b', detail: 'not there', mend: 'get it' }, packages)
    expect(titles([missing('a', packages), helpful], root)).toEqual(['install qemu-system-arm'])
    expect(titles([helpful], root)).toEqual(['install qemu-system-arm'])
  })

  test('what setup cannot mend gives no step', () => {
    expect(planSteps([missing('node', null)], root)).toEqual([])
  })
})
