import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { findOnPath } from '../../process/find-program.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { skipBecause } from '../helpers/skip.ts'

const command = ['harness/bin.mjs']

/** Without a terminal and without standard input, as in CI. @param path replaces PATH */
function vmproof(args: string[], path = process.env.PATH) {
  return execa(process.execPath, [...command, ...args], {
    reject: false,
    stdin: 'ignore',
    env: path === undefined ? {} : { PATH: path },
  })
}

/** A host without QEMU, whose apt-get is a script. @param aptGet body of the script */
function pathWithoutQemu(aptGet: string): string {
  return pathWith(['nix', 'git', ...programsOfDebian], aptGet)
}

const programsOfDebian = ['node', 'sh', 'xz', 'zstd', 'dpkg-deb', 'apt-cache', 'setpriv']

function pathWith(programs: string[], aptGet: string): string {
  const folder = join(scratchFolder(), 'bin')
  mkdirSync(folder)
  for (const program of programs) {
    const path = findOnPath(program)
    if (path) symlinkSync(path, join(folder, program))
  }
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\n${aptGet}\n`)
  chmodSync(join(folder, 'apt-get'), 0o755)
  return folder
}

const needsOfAll = ['node', 'memory', 'kvm', 'qemu']
const needsOfVm = [
  process.arch === 'arm64' ? 'qemu-x86_64' : 'qemu-aarch64',
  'packages',
  'uefi',
  'guest-disk',
]
const needsOfNixos = ['git', 'nix', 'store', 'features', 'disk', 'guest', 'iproute2', 'tools']

describe('on a host that has everything', () => {
  test('setup says so, changes nothing, and needs neither consent nor a terminal', async () => {
    for (const args of [['setup'], ['setup', '--yes'], ['setup', '--dry-run']]) {
      const { exitCode, stdout, stderr } = await vmproof(args)
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 0,
        stdout: '',
        stderr: 'nothing is missing on this host',
      })
    }
  })

  test('doctor gives one JSON value on standard output and nothing else', async () => {
    const { exitCode, stdout, stderr } = await vmproof(['doctor', '--json'])
    const report = JSON.parse(stdout) as {
      schema: number
      ready: boolean
      needs: { id: string; state: string }[]
    }
    expect({ exitCode, stderr, schema: report.schema, ready: report.ready }).toEqual({
      exitCode: 0,
      stderr: '',
      schema: 1,
      ready: true,
    })
    expect(report.needs.map((need) => need.id).sort()).toEqual(
      [...needsOfAll, ...needsOfVm, ...needsOfNixos].sort(),
    )
  })

  test.each([
    { kind: 'vm', own: needsOfVm },
    { kind: 'nixos', own: needsOfNixos },
  ])('doctor --kind $kind looks at nothing else', async ({ kind, own }) => {
    const { exitCode, stdout } = await vmproof(['doctor', '--json', '--kind', kind])
    const { kinds, needs } = JSON.parse(stdout) as { kinds: unknown; needs: { id: string }[] }
    expect(exitCode).toBe(0)
    expect(kinds).toEqual({ [kind]: { ready: true, missing: [] } })
    expect(needs.map(({ id }) => id).sort()).toEqual([...needsOfAll, ...own].sort())
  })

  test('doctor tells people what was found', async () => {
    const { stdout } = await vmproof(['doctor'])
    expect(stdout).toMatch(/^✓ Node\.js +\d+\.\d+\.\d+$/m)
    expect(stdout).toContain('This host is ready.')
  })
})

describe('on a host without QEMU', () => {
  test('doctor says what is missing and how to mend it, and exits with 4', async () => {
    const { exitCode, stdout } = await vmproof(['doctor'], pathWithoutQemu(''))
    expect(exitCode).toBe(4)
    expect(stdout).toMatch(/✗ QEMU +there is no program qemu-system-/)
    expect(stdout).toContain('`vmproof setup` installs what is missing')
  })

  test('setup that cannot ask says what it would do and exits with 2', async () => {
    const { exitCode, stderr } = await vmproof(['setup'], pathWithoutQemu('echo CALLED; exit 1'))
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /- install qemu-system-\w+, qemu-system-\w+\n {4}\$ .*apt-get -y .* install --no-install-recommends/,
    )
    expect(stderr).toContain('vmproof setup --yes')
    expect(stderr).not.toContain('CALLED')
  })

  test('--dry-run prints the commands and runs none', async () => {
    const { exitCode, stderr } = await vmproof(
      ['setup', '--yes', '--dry-run'],
      pathWithoutQemu('echo CALLED; exit 1'),
    )
    expect(exitCode).toBe(0)
    expect(stderr).toContain('apt-get')
    expect(stderr).not.toContain('CALLED')
  })

  test('a step that fails is named with its last lines, exit 4', async () => {
    const apt = 'case "$*" in *install*) echo "E: no space left" >&2; exit 100;; esac'
    const { exitCode, stderr } = await vmproof(['setup', '--yes'], pathWithoutQemu(apt))
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/vmproof: setup failed: .*apt-get .*install .*: 100\n/)
    expect(stderr).toContain('E: no space left')
  })

  test('an apt-get that claims success is not believed', async () => {
    const { exitCode, stderr } = await vmproof(['setup', '--yes'], pathWithoutQemu(''))
    expect(exitCode).toBe(4)
    expect(stderr).toContain('still something is missing')
    expect(stderr).toMatch(/QEMU: there is no program qemu-system-/)
  })
})

describe('on a host without Nix', () => {
  const qemus = ['qemu-system-x86_64', 'qemu-system-aarch64']
  const withoutNix = () => pathWith(['git', ...qemus, ...programsOfDebian], 'echo CALLED; exit 1')
  const profiles = '/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin'

  test('doctor says which kind of checks works, and judges only what was asked', async ({ skip }) => {
    if (findOnPath('nix', profiles)) return skipBecause('Nix is found here without PATH, too', skip)
    const path = withoutNix()
    const all = await vmproof(['doctor'], path)
    expect(all.exitCode).toBe(4)
    expect(all.stdout).toMatch(/^vm checks +ready/m)
    expect(all.stdout).toMatch(/^nixos checks +missing: Nix$/m)
    const vm = await vmproof(['doctor', '--kind', 'vm'], path)
    expect(vm.exitCode).toBe(0)
    expect(vm.stdout).not.toContain('Nix')
    const nixos = await vmproof(['doctor', '--kind', 'nixos'], path)
    expect(nixos.exitCode).toBe(4)
    expect(nixos.stdout).toContain('`vmproof setup --kind nixos` installs what is missing')
  })

  test('setup --kind vm has nothing to do there, setup installs Nix', async ({ skip }) => {
    if (findOnPath('nix', profiles)) return skipBecause('Nix is found here without PATH, too', skip)
    const path = withoutNix()
    const vm = await vmproof(['setup', '--kind', 'vm', '--yes'], path)
    expect(vm).toMatchObject({ exitCode: 0, stderr: 'nothing is missing on this host' })
    const all = await vmproof(['setup', '--yes', '--dry-run'], path)
    expect(all.stderr).toMatch(/- install nix-bin\n/)
  })
})
