import { describe, expect, test } from 'vitest'
import type { CheckReport } from '../../../model/report.ts'
import { junitGranularities } from '../../../model/run-defaults.ts'
import { formatJunit } from '../../../reporters/junit.ts'
import { assertion, check, validReport } from './junit-samples.ts'
import { parseXml, walk } from './junit-validator.ts'

describe('names', () => {
  const namesOf = (...checks: CheckReport[]) =>
    walk(validReport(checks))
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes }) => `${attributes.classname} ${attributes.name}`)

  test('the same demand twice gets a number, also when a name looks like one', () => {
    const texts = ['true', 'true', 'true #2', 'true']
    expect(namesOf(check({ assertions: texts.map((text, index) => assertion(index, { text })) }))).toEqual([
      'vmproof.k3s m: succeed true',
      'vmproof.k3s m: succeed true #2',
      'vmproof.k3s m: succeed true #2 #2',
      'vmproof.k3s m: succeed true #3',
    ])
  })

  test('stay apart when suite, class and name are joined by underscores', () => {
    const names = ['a', 'a_vmproof.a_b', 'a.b', 'a_b']
    namesOf(...names.map((name) => check({ name, assertions: [assertion(0)] })))
  })

  test('the class has dots only between its parts', () => {
    expect(namesOf(check({ name: 'k3s-1.31 beta', profile: 'lossy.3g' }))).toEqual([
      'vmproof.k3s-1_31_beta.lossy_3g driver',
    ])
    expect(namesOf(check({ name: null, source: 'logs/a.log' }))).toEqual(['vmproof.logs/a_log driver'])
  })

  /** What two runs of one check say where something of the run is in it, and the name that both get. */
  const told: [string, string, string][] = [
    [
      '/nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-curl-8.7.1/bin/curl',
      '/nix/store/0c1wmfnkmcjl4jwaqkmbqr1q4ffgkv4c-curl-8.7.1/bin/curl',
      '/nix/store/…-curl-8.7.1/bin/curl',
    ],
    ['cat /tmp/tmp.Y1AczQfJCo', 'cat /tmp/tmp.aaaaaaaaaa', 'cat /tmp/…'],
    ['cat /tmp/tmpw8xk2a_1/x', 'cat /tmp/tmpa0000000/x', 'cat /tmp/…/x'],
    ['tar -C /tmp/backup.Y1AczQ -x', 'tar -C /tmp/backup.abcdef -x', 'tar -C /tmp/backup.… -x'],
    ['ls /tmp/vmproof-Xa81bQ', 'ls /tmp/vmproof-000000', 'ls /tmp/vmproof-…'],
    [
      'echo 3f2a9d6e-8a51-4a63-9a53-5d3b0b8f4b11 at 2026-11-20T07:53:31.123Z',
      'echo 3F2A9D6E-8A51-4A63-9A53-5D3B0B8F4B12 at 2026-11-21T17:00:00.000Z',
      'echo … at …',
    ],
    ['since 2026-11-20 07:53:31', 'since 2027-01-01 00:00:00', 'since …'],
    ['since 2026-11-20T07:53+01:00', 'since 2027-01-01T00:00Z', 'since …'],
    ['test -d backup-2026-11-20', 'test -d backup-2027-01-01', 'test -d backup-…'],
    ['at [07:53:31] or 07:53:31.5', 'at [17:00:00] or 17:00:00.001', 'at … or …'],
    ['curl http://127.0.0.1:43121/', 'curl http://127.0.0.1:60999/', 'curl http://127.0.0.1:…/'],
    ['nc localhost:33001', 'nc localhost:51999', 'nc localhost:…'],
    ['cat /proc/812/status', 'cat /proc/4/status', 'cat /proc/…/status'],
    ['kill -9 812', 'kill -9 33', 'kill -9 …'],
    ['wait for pid 812', 'wait for pid 4711', 'wait for pid …'],
    ['gdb -p 0x7ffd5c3b9a80', 'gdb -p 0x7f00000000', 'gdb -p …'],
    ['test 1795161211 -gt 0', 'test 1795247611 -gt 0', 'test … -gt 0'],
    ['ts 1795161211123', 'ts 1795247611123', 'ts …'],
    ['docker stop 3fd1b0c0a9e2', 'docker stop 000000000001', 'docker stop …'],
    [`sha256 ${'9f86d081884c7d65'.repeat(4)}`, `sha256 ${'00112233aabbccdd'.repeat(4)}`, 'sha256 …'],
    ['two\n  lines', 'two \n lines', 'two lines'],
  ]

  test.each(told)('%s is called as in other runs', (one, other, name) => {
    const nameIn = (text: string) => namesOf(check({ assertions: [assertion(0, { text })] }))
    expect(nameIn(one)).toEqual([`vmproof.k3s m: succeed ${name}`])
    expect(nameIn(other)).toEqual(nameIn(one))
  })

  test('two runs of one check have the same cases, whatever a case stands for', () => {
    const run = (at: 0 | 1) => {
      const assertions = told.map((line, index) =>
        assertion(index, {
          text: line[at],
          phase: `=== ${line[at]} ===`,
          path: [line[at]],
          seconds: index * at,
        }),
      )
      return check({
        assertions,
        seconds: 10 * at,
        folder: `attempt-${at + 1}`,
        startedAt: `2026-11-2${at}T00:00:00Z`,
      })
    }
    for (const granularity of junitGranularities) {
      const names = ([0, 1] as const).map((at) =>
        walk(parseXml(formatJunit({ run: null, checks: [run(at)] }, { granularity })))
          .filter(({ name }) => name === 'testcase')
          .map(({ attributes }) => [attributes.classname, attributes.name]),
      )
      expect(names[0]).toEqual(names[1])
    }
  })

  test.each([
    'wait_for_open_port 6443 on localhost',
    'curl http://10.0.0.1:43121/',
    'ping fd12:3456:789a::1, 52:54:00:12:01:01',
    'systemctl is-active web@8080.service',
    'dd bs=1M count=1024 of=/dev/vdb',
    'ssh -p 2222 root@localhost true',
  ])('%s stays as it is: it is of the check', (text) => {
    expect(namesOf(check({ assertions: [assertion(0, { text })] }))).toEqual([
      `vmproof.k3s m: succeed ${text}`,
    ])
  })

  test('two checks that differ in a dot share a class, and no name', () => {
    const twins = ['a.b', 'a_b'].map((name) => check({ name, assertions: [assertion(0)] }))
    expect(namesOf(...twins)).toEqual(['vmproof.a_b m: succeed step 0', 'vmproof.a_b m: succeed step 0 #2'])
  })

  test('a demand that is called as the driver is not the driver, in this run and in others', () => {
    const odd = assertion(0, { node: null, kind: '' as 'python', text: 'driver' })
    expect(namesOf(check({ assertions: [odd] }))).toEqual(['vmproof.k3s driver #2'])
    expect(namesOf(check({ assertions: [odd], outcome: 'failed' }))).toEqual([
      'vmproof.k3s driver',
      'vmproof.k3s driver #2',
    ])
  })

  test('are cut in the middle', () => {
    const [name = ''] = namesOf(
      check({ assertions: [assertion(0, { text: `begin ${'😀'.repeat(300)} end` })] }),
    )
    expect([...name.replace('vmproof.k3s ', '')]).toHaveLength(200)
    expect(name).toMatch(/^vmproof.k3s m: succeed begin 😀+…😀+ end$/u)
  })
})
