import { describe, expect, test } from 'vitest'
import { closure } from '../../../debian/closure.ts'
import { kernelPackages } from '../../../debian/kernel.ts'
import { readPackageIndex } from '../../../debian/package-index.ts'
import { UserError } from '../../../model/user-error.ts'

/** Package lists from `name: field=value; …` lines. */
function index(packages: Record<string, Record<string, string>>) {
  const stanzas = Object.entries(packages).map(([name, fields]) =>
    Object.entries({ Package: name, Version: '1.0', ...fields })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )
  return readPackageIndex(stanzas.join('\n'))
}

const namesOf = (packages: { name: string }[]) => packages.map(({ name }) => name)

function choose(packages: Record<string, Record<string, string>>, wanted: string[], leftOut: string[] = []) {
  return namesOf(closure(wanted, new Set(leftOut), index(packages)))
}

describe('what packages need', () => {
  test('comes along, whatever versions and architectures are written behind it', () => {
    const packages = {
      a: { Depends: 'b (>= 2.0-1~), c:any (= 1), d [amd64]', 'Pre-Depends': 'e' },
      ...{ b: {}, c: {}, d: {}, e: {}, unrelated: {} },
    }
    expect(choose(packages, ['a'])).toEqual(['a', 'e', 'b', 'c', 'd'])
  })

  test('may need each other', () => {
    expect(choose({ a: { Depends: 'b' }, b: { Depends: 'a' } }, ['a'])).toEqual(['a', 'b'])
  })

  test('is the first alternative that there is', () => {
    const packages = { a: { Depends: 'gone | b | c' }, b: {}, c: {} }
    expect(choose(packages, ['a'])).toEqual(['a', 'b'])
  })

  test('is an alternative that is wanted anyway, even when it is named later', () => {
    const packages = { a: { Depends: 'b | c' }, b: {}, c: {} }
    expect(choose(packages, ['a', 'c'])).toEqual(['a', 'c'])
  })

  test('is a package that provides the name', () => {
    const packages = {
      a: { Depends: 'mail-agent' },
      exim: { Provides: 'mail-agent (= 1), other' },
      postfix: { Provides: 'mail-agent' },
    }
    expect(choose(packages, ['a'])).toEqual(['a', 'exim'])
    expect(choose(packages, ['a', 'postfix'])).toEqual(['a', 'postfix'])
    expect(choose(packages, ['mail-agent'])).toEqual(['exim'])
  })

  test('is left out where something else takes its place, with what only it needs', () => {
    const packages = {
      a: { Depends: 'perl, debconf | debconf-2.0' },
      perl: { Depends: 'libperl' },
      ...{ libperl: {}, debconf: {} },
    }
    expect(choose(packages, ['a'], ['perl', 'debconf'])).toEqual(['a'])
    expect(choose(packages, ['a', 'perl'], ['perl', 'debconf'])).toEqual(['a', 'perl', 'libperl'])
  })

  test('is left out when what is left out provides it', () => {
    const packages = { a: { Depends: 'perlapi-5' }, 'perl-base': { Provides: 'perlapi-5' } }
    expect(choose(packages, ['a'], ['perl-base'])).toEqual(['a'])
  })
})

describe('what is not there', () => {
  test('is told with the nearest name, unless none is near', () => {
    const packages = { 'etcd-server': {}, 'etcd-client': {} }
    const failure = (name: string) => {
      try {
        return choose(packages, [name])
      } catch (error) {
        return error
      }
    }
    expect(failure('etcd-sever')).toBeInstanceOf(UserError)
    expect(failure('etcd-sever')).toMatchObject({ message: 'no package is called "etcd-sever"' })
    expect((failure('etcd-sever') as UserError).hints[0]).toBe('did you mean etcd-server?')
    expect((failure('postgresql') as UserError).hints[0]).not.toContain('did you mean')
  })

  test('is told with who needs it', () => {
    expect(() => choose({ a: { Depends: 'x | y' } }, ['a'])).toThrow('the package a needs x or y')
  })

  test('in no list at all', () => {
    expect(() => choose({}, ['a'])).toThrow('no package is called "a"')
  })
})

describe('the kernel', () => {
  test('is the one that the meta package of Debian depends on', () => {
    const packages = index({
      'linux-image-cloud-arm64': { Depends: 'linux-image-6.1.0-56-cloud-arm64 (= 6.1.1)' },
      'linux-image-6.1.0-56-cloud-arm64': { Depends: 'kmod, linux-base (>= 4.3~), initramfs-tools' },
      'linux-image-5.10.0-1-cloud-arm64': {},
    })
    expect(namesOf(kernelPackages(packages, 'arm64'))).toEqual(['linux-image-6.1.0-56-cloud-arm64'])
  })

  test('of Ubuntu has its modules in packages of their own', () => {
    const packages = index({
      'linux-image-virtual': { Depends: 'linux-image-6.8.0-1-generic' },
      'linux-image-6.8.0-1-generic': { Depends: 'kmod, linux-modules-6.8.0-1-generic' },
      'linux-modules-6.8.0-1-generic': {},
    })
    expect(namesOf(kernelPackages(packages, 'amd64'))).toEqual([
      'linux-image-6.8.0-1-generic',
      'linux-modules-6.8.0-1-generic',
    ])
  })

  test('is told to be missing where neither has one', () => {
    expect(() => kernelPackages(index({ a: {} }), 'amd64')).toThrow('no kernel for virtual machines')
  })
})

test('of a package the fields are read, also from the first and the last stanza', () => {
  const text =
    'Package: a\nArchitecture: all\nVersion: 1:2.0-3\nSize: 12\nSHA256: ab\nDescription: x\n Depends: no field\n\nPackage: b\nVersion: 2'
  const { find, names } = readPackageIndex(text)
  expect(names).toEqual(['a', 'b'])
  expect(find('a')).toEqual({
    name: 'a',
    version: '1:2.0-3',
    architecture: 'all',
    size: 12,
    sha256: 'ab',
    needs: [],
  })
  expect(find('b')?.version).toBe('2')
  expect(find('c')).toBeNull()
})
