import { describe, expect, test } from 'vitest'
import { Accounts } from '../../../vm/guest/accounts.ts'
import { busyboxApplets } from '../../../vm/guest/busybox-applets.ts'
import { FileTree } from '../../../vm/guest/file-tree.ts'
import { isLeftOut } from '../../../vm/guest/left-out.ts'
import { packageTree } from '../../../vm/guest/package-tree.ts'
import { readPostinst } from '../../../vm/guest/postinst.ts'
import { enableUnit, maskUnit, unitNames } from '../../../vm/guest/unit-files.ts'

function contentOf(tree: FileTree): Record<string, string> {
  return Object.fromEntries(
    [...tree.entries()].flatMap((entry) => {
      if (entry.type === 'file') return [[entry.path, entry.content.toString()]]
      return entry.type === 'link' ? [[entry.path, `-> ${entry.target}`]] : []
    }),
  )
}

describe('the root of a guest', () => {
  test('has one place for what packages name in two ways', () => {
    const tree = new FileTree()
    tree.file('bin/ip', 'ip')
    tree.link('sbin/ip', '/bin/ip')
    tree.file('lib/x.so', 'x')
    tree.folder('var/run/daemon')
    expect(contentOf(tree)).toMatchObject({ 'usr/bin/ip': 'ip', 'usr/lib/x.so': 'x', sbin: '-> usr/bin' })
    expect(tree.has('run/daemon')).toBe(true)
    expect(tree.read('/usr/sbin/ip')?.toString()).toBe('ip')
  })

  test('keeps its links when a package brings a folder or a link of the same name', () => {
    const tree = new FileTree()
    tree.folder('bin')
    tree.link('lib', 'usr/lib')
    expect(contentOf(tree)).toMatchObject({ bin: '-> usr/bin', lib: '-> usr/lib' })
  })

  test('has parents before what lies in them, and nothing outside', () => {
    const tree = new FileTree()
    tree.file('/a/b/c', 'x')
    tree.file('../../etc/d', 'y')
    const paths = [...tree.entries()].map((entry) => entry.path)
    expect(paths.indexOf('a')).toBeLessThan(paths.indexOf('a/b'))
    expect(paths.indexOf('a/b')).toBeLessThan(paths.indexOf('a/b/c'))
    expect(tree.read('etc/d')?.toString()).toBe('y')
    expect(paths.filter((path) => path.startsWith('.') || path.startsWith('/'))).toEqual([])
  })

  test('links that go in a circle hold nothing', () => {
    const tree = new FileTree()
    tree.link('a', 'b')
    tree.link('b', 'a')
    expect(tree.read('a')).toBeNull()
  })
})

describe('packages laid over each other', () => {
  const file = (path: string, content = '') => ({
    type: 'file' as const,
    path,
    mode: 0o644,
    content: Buffer.from(content),
  })

  test('have their hard links as files, whichever comes first', () => {
    const tree = packageTree([
      {
        files: [{ type: 'hard-link', path: 'bin/twin', target: 'bin/tool' }, file('bin/tool', 'x')],
        postinst: '',
      },
    ])
    expect(tree.read('bin/twin')?.toString()).toBe('x')
  })

  test('get the alternative of the highest priority that is there, and never over a file', () => {
    const script = (target: string, priority: number) =>
      `update-alternatives --install /bin/nc nc ${target} ${priority} \\\n  --slave /bin/netcat netcat ${target}`
    const tree = packageTree([
      { files: [file('bin/nc.openbsd'), file('bin/netcat')], postinst: script('/bin/nc.openbsd', 50) },
      { files: [file('bin/nc.traditional')], postinst: script('/bin/nc.traditional', 10) },
      { files: [], postinst: script('/bin/nc.gone', 90) },
    ])
    expect(contentOf(tree)['usr/bin/nc']).toBe('-> /bin/nc.openbsd')
    expect(contentOf(tree)['usr/bin/netcat']).toBe('')
  })

  test('lose what no program reads', () => {
    expect(isLeftOut('usr/share/doc/x/README')).toBe(true)
    expect(isLeftOut('usr/share/doc')).toBe(true)
    expect(isLeftOut('usr/lib/x86_64-linux-gnu/gconv/IBM1399.so')).toBe(true)
    expect(isLeftOut('usr/share/documents')).toBe(false)
    expect(isLeftOut('usr/lib/x86_64-linux-gnu/libc.so.6')).toBe(false)
  })

  test('that run as somebody get that user', () => {
    const unit = file('lib/systemd/system/x.service', '[Service]\nUser=runner\nGroup=runners\nUser=%i\n')
    const tree = packageTree([
      { files: [unit, file('usr/lib/sysusers.d/y.conf', 'u y - "Y of Z" /var/lib/y\n')], postinst: '' },
    ])
    const passwd = tree.read('etc/passwd')?.toString() ?? ''
    expect(passwd).toMatch(/^root:x:0:0:/)
    expect(passwd).toMatch(/^runner:x:\d+:/m)
    expect(tree.read('etc/group')?.toString()).toMatch(/^runners:x:\d+:$/m)
    const uid = Number(/^y:x:(\d+):/m.exec(passwd)?.[1])
    expect([...tree.entries()].find(({ path }) => path === 'var/lib/y')).toMatchObject({ owner: { uid } })
  })
})

describe('a maintainer script', () => {
  test('tells users in the forms of adduser and useradd, with variables and over several lines', () => {
    const { users, groups } = readPostinst(`#!/bin/sh
MESSAGEUSER=messagebus
if ! getent passwd etcd; then
    adduser --system --group --disabled-login --home /var/lib/etcd/ --gecos "etcd, store" etcd
fi
adduser \\
  --quiet --system \\
  --ingroup frrvty --home /var/run/frr/ frr
adduser --system --home /nonexistent --no-create-home --group "$MESSAGEUSER" || true
useradd -r -d /var/lib/x -g nogroup x
addgroup --system haclient
adduser --system "$unknown"
`)
    expect(users).toEqual([
      { name: 'etcd', home: '/var/lib/etcd/', group: null },
      { name: 'frr', home: '/var/run/frr/', group: 'frrvty' },
      { name: 'messagebus', home: '/nonexistent', group: null },
      { name: 'x', home: '/var/lib/x', group: 'nogroup' },
    ])
    expect(groups).toEqual(['haclient', 'frrvty', 'nogroup'])
  })

  test('tells folders with their modes, of plain names only', () => {
    const { folders } = readPostinst(
      'mkdir -p -m 700 /var/lib/etcd\n[ -d /x ] || mkdir /var/log/y "$DIR/z" /a/$b\n',
    )
    expect(folders).toEqual([
      { path: '/var/lib/etcd', mode: 0o700 },
      { path: '/var/log/y', mode: 0o755 },
    ])
  })

  test('that is empty or no script does nothing', () => {
    const nothing = { alternatives: [], users: [], groups: [], folders: [] }
    expect(readPostinst('')).toEqual(nothing)
    expect(readPostinst('\0\x7fELF "unclosed \\')).toEqual(nothing)
  })
})

describe('accounts', () => {
  test('are read as sysusers.d has them, the first of a name counting', () => {
    const accounts = new Accounts()
    accounts.addSysusers(
      '# comment\ng render -\nu! net 192:192 "Net, work" /run/net\nu net - - /other\nm net video\nr - 500-900\n',
    )
    expect(accounts.find('net')).toMatchObject({ uid: 192, gid: 192, home: '/run/net' })
    expect(accounts.group()).toMatch(/^render:x:\d+:$/m)
    expect(accounts.group()).toMatch(/^video:x:44:net$/m)
  })

  test('without a number get one that nobody has', () => {
    const accounts = new Accounts()
    accounts.addSysusers('u fixed 999 - -\nu a - - -\n')
    accounts.addUser('b', null, null)
    accounts.addUser('b', '/again', null)
    const numbers = accounts
      .passwd()
      .trim()
      .split('\n')
      .map((line) => line.split(':')[2])
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(accounts.find('b')).toMatchObject({ home: '/nonexistent' })
  })
})

describe('units', () => {
  function treeWith(files: Record<string, string>): FileTree {
    const tree = new FileTree()
    for (const [path, content] of Object.entries(files)) tree.file(path, content)
    return tree
  }

  test('are enabled as their [Install] section says', () => {
    const tree = treeWith({
      'lib/systemd/system/a.service':
        '[Unit]\nWantedBy=not.target\n[Install]\nWantedBy=multi-user.target x.target\nAlias=alias.service\nAlso=a.socket\n',
      'lib/systemd/system/a.socket': '[Install]\nWantedBy=sockets.target\n[Socket]\n',
    })
    expect(enableUnit(tree, 'a.service')).toBe(true)
    const links = Object.keys(contentOf(tree)).filter((path) => path.startsWith('etc/systemd/system/'))
    expect(links).toEqual([
      'etc/systemd/system/alias.service',
      'etc/systemd/system/multi-user.target.wants/a.service',
      'etc/systemd/system/sockets.target.wants/a.socket',
      'etc/systemd/system/x.target.wants/a.service',
    ])
  })

  test('of a template are enabled by instance; those without [Install] belong to multi-user.target', () => {
    const tree = treeWith({
      'usr/lib/systemd/system/t@.service': '[Install]\nWantedBy=t.target\n',
      'etc/systemd/system/b.service': '',
    })
    expect(enableUnit(tree, 't@one.service')).toBe(true)
    expect(enableUnit(tree, 'b.service')).toBe(true)
    expect(contentOf(tree)).toMatchObject({
      'etc/systemd/system/t.target.wants/t@one.service': '-> /usr/lib/systemd/system/t@.service',
      'etc/systemd/system/multi-user.target.wants/b.service': '-> /etc/systemd/system/b.service',
    })
  })

  test('that are not there cannot be enabled; those of a test are not masked', () => {
    const tree = treeWith({ 'etc/systemd/system/mine.service': 'x' })
    expect(enableUnit(tree, 'other.service')).toBe(false)
    maskUnit(tree, 'mine.service')
    maskUnit(tree, 'other.service')
    expect(contentOf(tree)).toMatchObject({
      'etc/systemd/system/mine.service': 'x',
      'etc/systemd/system/other.service': '-> /dev/null',
    })
    expect(unitNames(tree)).toEqual(['mine.service', 'other.service'])
  })

  test('that name each other do not go on for ever', () => {
    const tree = treeWith({
      'lib/systemd/system/a.service': '[Install]\nAlso=b.service\n',
      'lib/systemd/system/b.service': '[Install]\nAlso=a.service\n',
    })
    expect(enableUnit(tree, 'a.service')).toBe(true)
  })
})

describe('busybox', () => {
  test('has the names of its programs in itself', () => {
    const names = ['[', '[[', 'acpid', 'zcat']
    const binary = (before: string) => Buffer.from(`\x7fELF${before}[\0[[\0acpid\0zcat\0\0other\0`, 'latin1')
    expect(busyboxApplets(binary('usage\0'))).toEqual(names)
    expect(busyboxApplets(binary('\xae '))).toEqual(names)
  })

  test('of an unknown build is refused', () => {
    expect(() => busyboxApplets(Buffer.from('\x7fELF'))).toThrow('no list of its programs')
    expect(() => busyboxApplets(Buffer.from('[\0[[\0sh'))).toThrow('no list of its programs')
  })
})
