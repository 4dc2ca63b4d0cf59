import { describe, expect, test } from 'vitest'
import type { CheckReport } from '../../../model/report.ts'
import { formatJunit, junitSizeLimit } from '../../../reporters/junit.ts'
import { assertion, check, validReport } from './junit-samples.ts'
import { complaints, parseXml, walk } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

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

  test('are the same in every run', () => {
    const texts = [
      '/nix/store/3n58xw4373jp0ljirf06d8077j15pc4j-curl-8.7.1/bin/curl /tmp/tmp.Y1AczQfJCo',
      'echo 3f2a9d6e-8a51-4a63-9a53-5d3b0b8f4b11 at 2026-11-20T07:53:31.123Z',
      'two\n  lines',
    ]
    const phase = '[07:53:31] [PHASE 1] Boot'
    expect(
      namesOf(check({ assertions: texts.map((text, index) => assertion(index, { text, phase })) })),
    ).toEqual([
      'vmproof.k3s … [PHASE 1] Boot › m: succeed /nix/store/…-curl-8.7.1/bin/curl /tmp/…',
      'vmproof.k3s … [PHASE 1] Boot › m: succeed echo … at …',
      'vmproof.k3s … [PHASE 1] Boot › m: succeed two lines',
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

describe('hostile texts', () => {
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')
  const hostile = `${controls}\x7f\x85 \ud800 \udc00x\ud83d \ufffe\uffff ]]> ]]> <b a="1" c='2'>&amp;&#27;</b> \x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \u202egnp\r\nnext\rlast 😀`

  test('everywhere: the report stays well-formed, and says what can be said', () => {
    const root = validReport(
      [
        check({
          name: hostile,
          profile: hostile,
          outcome: 'failed',
          assertions: [
            assertion(0, {
              node: hostile,
              text: hostile,
              phase: hostile,
              path: [hostile],
              outcome: 'failed',
              message: hostile,
              output: hostile,
            }),
            assertion(1, { kind: 'subtest', text: hostile, outcome: 'unfinished' }),
          ],
          failure: { assertion: 0, node: hostile, kind: 'succeed', message: hostile, traceback: [hostile] },
          consoles: [{ node: hostile, lines: [hostile] }],
          details: [hostile],
          notes: [hostile],
          reason: hostile,
          derivation: hostile,
          metrics: [{ name: hostile, value: 1, unit: hostile, node: hostile }],
          folder: hostile,
        }),
      ],
      { ...reportOf(wholeRun).run, host: { name: hostile, system: '', cores: 1, memoryMiB: 1 } },
    )
    expect(JSON.stringify(root)).not.toContain('[31m')
    const failure = walk(root).find(({ name }) => name === 'failure')
    expect(failure?.text).toContain(`]]> ]]> <b a="1" c='2'>&amp;&#27;</b> red link gnp`)
    expect(failure?.attributes.message).toContain('last 😀')
  })

  test('no CDATA: some readers join or lose its parts', () => {
    const xml = formatJunit({ run: null, checks: [check({ outcome: 'failed', details: [']]>', ']]>'] })] })
    expect(xml).not.toContain('CDATA')
  })
})

describe('size', () => {
  test('a long output keeps its head and its tail', () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `console line ${line}`)
    const root = validReport([check({ outcome: 'failed', consoles: [{ node: 'm', lines }] })])
    const out = walk(root).find(({ name }) => name === 'system-out')?.text ?? ''
    expect(out.length).toBeLessThan(73 * 1024)
    expect(out).toContain('console line 0\n')
    expect(out).toContain('console line 19999')
    expect(out).toMatch(/\n\[… \d+ characters left out, see the log …\]\n/)
  })

  test('a cut never halves a character', () => {
    for (const shift of ['', 'x']) {
      const line = `${shift}${'😀'.repeat(40_000)}${shift}`
      const root = validReport([check({ outcome: 'failed', consoles: [{ node: 'm', lines: [line] }] })])
      const out = walk(root).find(({ name }) => name === 'system-out')?.text ?? ''
      expect(out).toMatch(
        /^m console\n {2}│ x?(?:😀)+\n\[… \d+ characters left out, see the log …\]\n(?:😀)+x?$/u,
      )
    }
  })

  test('many long outputs get shorter until the report is small enough, and no case is lost', () => {
    const output = 'x'.repeat(70_000)
    const assertions = Array.from({ length: 320 }, (_, index) =>
      assertion(index, { outcome: 'failed', message: 'no', output }),
    )
    const xml = formatJunit({ run: null, checks: [check({ outcome: 'failed', assertions })] })
    expect(Buffer.byteLength(xml)).toBeLessThan(junitSizeLimit)
    const root = parseXml(xml)
    expect(complaints(root)).toEqual([])
    expect(root.attributes).toMatchObject({ tests: '320', failures: '320' })
  })
})
