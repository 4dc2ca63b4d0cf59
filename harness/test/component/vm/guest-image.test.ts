import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { UserError } from '../../../model/user-error.ts'
import { driverModules } from '../../../vm/guest/initramfs.ts'
import { prepareGuest } from '../../../vm/guest/prepare.ts'
import type { PackagedGuest } from '../../../vm/suite.ts'
import { cpioListing } from '../../helpers/cpio-listing.ts'
import { scratchFolder } from '../../helpers/scratch.ts'
import { kernelPackages, moduleFile, ubuntuPackages } from '../debian/kernel-packages.ts'
import { Repository, type TestPackage } from '../debian/repository.ts'

const daemon: TestPackage = {
  name: 'daemon',
  fields: { Depends: 'libdaemon, debconf | debconf-2.0, perl:any' },
  files: {
    'sbin/daemon': 'daemon',
    'usr/bin/nc.daemon': 'nc',
    'usr/share/doc/daemon/README': 'for people',
    'lib/systemd/system/daemon.service': '[Service]\nUser=runner\n',
  },
  postinst:
    'adduser --system --group --home /var/lib/works works\nupdate-alternatives --install /bin/nc nc /usr/bin/nc.daemon 50\n',
}
const ubuntuModules = 'lib/modules/6.8.0-1-generic'
const packages = [
  ...kernelPackages,
  daemon,
  { name: 'libdaemon', files: { 'usr/lib/libdaemon.so': 'library' } },
]

async function lab(offered = packages) {
  const folder = scratchFolder()
  const repository = await Repository.start(folder, offered)
  const notes: string[] = []
  const cacheFolder = join(folder, 'cache')
  const prepare = async (guest: PackagedGuest = {}) => {
    const boot = await prepareGuest(guest, 'x86_64', { cacheFolder, note: (text) => void notes.push(text) })
    if (boot.type !== 'own') throw new Error(boot.type)
    return boot
  }
  return { repository, notes, cacheFolder, prepare }
}

async function failureOf(promise: Promise<unknown>): Promise<UserError> {
  const failed = await promise.then(() => null).catch((error: unknown) => error)
  if (!(failed instanceof UserError)) throw new Error(`no UserError but ${failed}`)
  return failed
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a guest of packages', () => {
  test('has their files where a merged-usr system has them, and what their scripts would make', async () => {
    const { prepare } = await lab()
    const boot = await prepare({ packages: ['daemon'], files: { '/etc/x/y.sh': '#!/bin/sh\n' } })
    expect(readFileSync(boot.kernel, 'utf8')).toBe('kernel 1.0')
    const files = cpioListing(readFileSync(boot.initrd))
    expect(files.get('usr/bin/daemon')).toMatchObject({ mode: '100755', content: 'daemon' })
    expect(files.get('usr/bin/nc')).toMatchObject({ mode: '120777', content: '/usr/bin/nc.daemon' })
    expect(files.get('usr/bin/awk')?.content).toBe('busybox')
    expect(files.get('usr/bin/bash')?.content).toBe('bash-static')
    expect(files.get('bin')?.content).toBe('usr/bin')
    expect(files.get('etc/x/y.sh')?.mode).toBe('100755')
    expect([...files.keys()].filter((path) => path.startsWith('usr/share/doc'))).toEqual([])
    const passwd = files.get('etc/passwd')?.content ?? ''
    const uid = Number(/^works:x:(\d+):/m.exec(passwd)?.[1])
    expect(files.get('var/lib/works')).toMatchObject({ mode: '40755', uid })
    expect(passwd).toMatch(/^runner:x:\d+:/m)
    expect(files.get('etc/modules')?.content.split('\n')).toContain('virtio_net')
    expect(files.get('usr/lib/modules/1.0-cloud-amd64/modules.dep')?.content).toContain(
      'kernel/drivers/net/virtio_net.ko: kernel/drivers/virtio/virtio.ko\n',
    )
  })

  test('is remembered: without apt and dpkg the same image comes at once', async () => {
    const { prepare, notes } = await lab()
    const first = await prepare({ packages: ['daemon'] })
    const before = notes.length
    vi.stubEnv('PATH', '/no/such/folder')
    expect(await prepare({ packages: ['daemon'] })).toEqual(first)
    expect(notes.slice(before)).toEqual([])
  })

  test('is another one when its definition or a package is another', async () => {
    const { prepare, repository, cacheFolder } = await lab()
    const first = await prepare({ packages: ['daemon'] })
    const other = await prepare({ packages: ['daemon'], modules: ['sch_netem'] })
    expect(other.initrd).not.toBe(first.initrd)
    repository.publish([...packages, { ...daemon, version: '2.0' }])
    const old = new Date(Date.now() - 25 * 3_600_000)
    utimesSync(join(cacheFolder, 'apt/amd64/refreshed'), old, old)
    expect((await prepare({ packages: ['daemon'] })).initrd).toBe(first.initrd)
    rmSync(join(cacheFolder, 'requests'), { recursive: true })
    expect((await prepare({ packages: ['daemon'] })).initrd).not.toBe(first.initrd)
  })

  test.each<[string, (initrd: string) => void]>([
    ['cut short', (initrd) => writeFileSync(initrd, readFileSync(initrd).subarray(0, 1000))],
    ['with other bytes', (initrd) => writeFileSync(initrd, Buffer.alloc(statSync(initrd).size, 1))],
    ['that is gone', (initrd) => rmSync(initrd)],
  ])('is made again when it is found %s', async (_how, damage) => {
    const { prepare, notes } = await lab()
    const first = await prepare()
    const bytes = readFileSync(first.initrd)
    damage(first.initrd)
    const again = await prepare()
    expect(readFileSync(again.initrd)).toEqual(bytes)
    expect(notes).toContain('the remembered guest image is damaged: making it again')
  })

  test('is kept when it was merely copied', async () => {
    const { prepare, notes } = await lab()
    const first = await prepare()
    writeFileSync(first.initrd, readFileSync(first.initrd))
    await prepare()
    expect(notes.filter((note) => note.includes('damaged'))).toEqual([])
  })

  test('is made once when several want it at the same time', async () => {
    const { prepare, notes, cacheFolder } = await lab()
    const boots = await Promise.all([prepare(), prepare(), prepare()])
    expect(new Set(boots.map(({ initrd }) => initrd)).size).toBe(1)
    expect(notes.filter((note) => note.startsWith('guest image made'))).toHaveLength(1)
    expect(readdirSync(cacheFolder)).not.toContain('lock')
  })

  test('serves on when the mirror is not reachable and its packages are gone', async () => {
    const { prepare, repository, cacheFolder, notes } = await lab()
    const first = await prepare()
    await repository.stop()
    rmSync(join(cacheFolder, 'apt'), { recursive: true })
    const [request = ''] = readdirSync(join(cacheFolder, 'requests'))
    const file = join(cacheFolder, 'requests', request)
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), atMs: 0 }))
    expect(await prepare()).toEqual(first)
    expect(notes.at(-1)).toBe('an older guest image is used: there are no package lists for amd64')
  })
})

describe('what cannot be had', () => {
  test.each<[string, PackagedGuest, string, string]>([
    ['a package', { packages: ['deamon'] }, 'no package is called "deamon"', 'did you mean daemon?'],
    [
      'a module',
      { modules: ['sch_neten'] },
      "the guest's kernel has no module sch_neten",
      'did you mean sch_netem?',
    ],
    [
      'a unit',
      { packages: ['daemon'], enabledUnits: ['deamon.service'] },
      'no package and no file of the guest brings the unit deamon.service',
      'did you mean daemon.service?',
    ],
  ])('%s is told with the nearest name, and no image appears', async (_what, guest, message, hint) => {
    const { prepare, cacheFolder } = await lab()
    const failed = await failureOf(prepare(guest))
    expect(failed.message).toBe(message)
    expect(failed.hints[0]).toBe(hint)
    expect(existsSync(join(cacheFolder, 'images'))).toBe(false)
  })

  test("a module of Ubuntu's further ones comes along, and only then all of them", async () => {
    const { prepare, notes } = await lab([
      ...ubuntuPackages({
        [`${ubuntuModules}/modules.builtin`]: driverModules.map((name) => `kernel/${name}.ko\n`).join(''),
        [`${ubuntuModules}/kernel/a.ko`]: moduleFile(),
      }),
      {
        name: 'linux-modules-extra-6.8.0-1-generic',
        files: { [`${ubuntuModules}/kernel/drbd.ko`]: moduleFile('a') },
      },
    ])
    await prepare({ modules: ['a'] })
    expect(notes.at(-1)).toMatch(/^guest image made of 4 packages/)
    const boot = await prepare({ modules: ['drbd'] })
    expect(cpioListing(readFileSync(boot.initrd)).get('etc/modules')?.content).toBe('a\ndrbd\n')
    expect(notes.at(-1)).toMatch(/^guest image made of 5 packages/)
  })

  test('a module of the kernel itself is no unknown one', async () => {
    const { prepare } = await lab()
    await prepare({ modules: ['virtio_blk'] })
  })

  test('a folder that cannot be written to is named', async () => {
    const { prepare, cacheFolder } = await lab()
    writeFileSync(cacheFolder, '')
    const failed = await failureOf(prepare())
    expect(failed.message).toMatch(/^guests cannot be kept in .*\/cache: /)
  })
})
