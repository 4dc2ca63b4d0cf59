import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { runCommand } from '../../../host/command.ts'
import { prepareGuest } from '../../../host/guest-material.ts'
import type { Platform } from '../../../host/platform.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

const platform: Platform = {
  name: 'Test',
  id: 'debian',
  architecture: 'x86_64',
  hasApt: true,
  isRoot: true,
  sudo: null,
}

/** Programs of a package mirror that this machine does not have: found first on PATH. */
function fakePrograms(programs: Record<string, string>): void {
  const folder = scratchFolder()
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
}

// `dpkg-deb -x PACKAGE ROOT` of a package whose content is a list of paths.
const unpack = `while read -r path; do
  mkdir -p "$3/$(dirname "$path")"
  echo "content of $path" > "$3/$path"
  case $path in *.xz) mv "$3/$path" "$3/$path.plain"; xz -c "$3/$path.plain" > "$3/$path"; rm "$3/$path.plain" ;; esac
done < "$2"`

function ubuntuMirror(modules: string): Record<string, string> {
  return {
    'apt-cache': `case $3 in
linux-image-virtual) printf 'linux-image-virtual\\n  Depends: linux-image-6.8.0-1-generic\\n  Depends: linux-base\\n' ;;
linux-image-6.8.0-1-generic) printf '  Depends: linux-modules-6.8.0-1-generic\\n |Depends: kmod\\n' ;;
esac`,
    'apt-get': `shift 4
for name in "$@"; do
  case $name in
    linux-image-*) echo boot/vmlinuz-6.8 > "$name.deb" ;;
    linux-modules-*) echo ${modules} > "$name.deb" ;;
    busybox-static) printf 'usr/bin/busybox\\nusr/share/doc/busybox\\n' > "$name.deb" ;;
    *) echo "E: Unable to locate package $name" >&2; exit 100 ;;
  esac
done`,
    'dpkg-deb': unpack,
  }
}

const run = (command: Parameters<typeof runCommand>[0]) => runCommand(command, null)

test('kernel, modules and busybox are found whatever packages and folders they are in', async () => {
  fakePrograms(ubuntuMirror('usr/lib/modules/6.8/kernel/net/a.ko'))
  const folder = join(scratchFolder(), 'guest')
  await prepareGuest({ ...platform, id: 'ubuntu' }, folder, run)
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toBe('content of boot/vmlinuz-6.8\n')
  expect(readFileSync(join(folder, 'busybox'), 'utf8')).toBe('content of usr/bin/busybox\n')
  expect(existsSync(join(folder, 'modules/kernel/net/a.ko'))).toBe(true)
  expect(readFileSync(join(folder, 'packages.txt'), 'utf8').split('\n')).toContain('busybox-static.deb')
})

test('compressed modules come out uncompressed', async () => {
  fakePrograms(ubuntuMirror('lib/modules/6.8/kernel/net/a.ko.xz'))
  const folder = join(scratchFolder(), 'guest')
  await prepareGuest({ ...platform, id: 'ubuntu' }, folder, run)
  expect(readdirSync(join(folder, 'modules/kernel/net'))).toEqual(['a.ko'])
  expect(readFileSync(join(folder, 'modules/kernel/net/a.ko'), 'utf8')).toContain('content of')
})

test('a guest that stands is replaced as a whole, and stays when the fetch fails', async () => {
  const folder = join(scratchFolder(), 'guest')
  mkdirSync(folder)
  writeFileSync(join(folder, 'vmlinuz'), 'old')
  fakePrograms({ 'apt-cache': "echo '  Depends: linux-base'" })
  await expect(prepareGuest(platform, folder, run)).rejects.toThrow('linux-image-cloud-amd64 names no kernel')
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toBe('old')
  fakePrograms(ubuntuMirror('lib/modules/6.8/kernel/a.ko'))
  await prepareGuest({ ...platform, id: 'ubuntu' }, folder, run)
  expect(readFileSync(join(folder, 'vmlinuz'), 'utf8')).toContain('content of')
})

test('packages without a kernel are refused with their names', async () => {
  fakePrograms({ ...ubuntuMirror('lib/modules/6.8/kernel/a.ko'), 'dpkg-deb': 'mkdir -p "$3"' })
  const folder = join(scratchFolder(), 'guest')
  await expect(prepareGuest({ ...platform, id: 'ubuntu' }, folder, run)).rejects.toThrow(
    /busybox-static\.deb.*hold no kernel/,
  )
  expect(existsSync(folder)).toBe(false)
})
