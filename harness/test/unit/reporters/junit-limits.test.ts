import { describe, expect, test } from 'vitest'
import type { Assertion } from '../../../model/assertion.ts'
import type { CheckReport } from '../../../model/report.ts'
import type { JunitGranularity } from '../../../model/run-defaults.ts'
import { formatJunit, junitDocument, junitSizeLimit } from '../../../reporters/junit.ts'
import { assertion, check, validReport } from './junit-samples.ts'
import { complaints, parseXml, walk, type XmlElement } from './junit-validator.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

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

  const many = (count: number, facts: Partial<Assertion> = {}) =>
    Array.from({ length: count }, (_, index) => assertion(index, facts))
  const sizeLimit = 200_000
  const documentOf = (checks: CheckReport[], granularity: JunitGranularity = 'assertion') => {
    const { pieces, remarks } = junitDocument({ run: null, checks }, { granularity, sizeLimit })
    const xml = pieces.join('')
    const root = parseXml(xml)
    expect(complaints(root)).toEqual([])
    return { root, remarks, bytes: Buffer.byteLength(xml) }
  }
  const notices = (root: XmlElement) =>
    root.children.filter(({ attributes }) => attributes.name === 'vmproof').flatMap((suite) => suite.children)

  test('many long outputs get shorter until the report is small enough, and no case is lost', () => {
    const assertions = many(90, { outcome: 'failed', message: 'no', output: 'x'.repeat(7_000) })
    const { root, remarks, bytes } = documentOf([check({ assertions })])
    expect(bytes).toBeLessThan(sizeLimit)
    expect(root.attributes).toMatchObject({ tests: '90', failures: '90' })
    expect(remarks).toEqual(['long outputs are cut, to stay below 0.2 MB'])
    expect(notices(root)).toEqual([])
  })

  test('then names get shorter, which the report itself tells, because histories go by them', () => {
    const { root, remarks, bytes } = documentOf([check({ assertions: many(900, { text: 'x'.repeat(250) }) })])
    const told =
      'this report has shorter names of cases than others: with more it would be larger than 0.2 MB'
    expect(bytes).toBeLessThan(sizeLimit)
    expect(remarks).toEqual([`${told}; --junit-granularity chooses once for all`])
    expect(notices(root)).toMatchObject([
      { attributes: { name: 'this report' }, children: [{ name: 'skipped', text: told }] },
    ])
    expect(root.attributes).toMatchObject({ tests: '901', failures: '0' })
  })

  test('then cases become fewer, and a failure stays one', () => {
    const failed = assertion(3_000, { outcome: 'failed', message: 'no' })
    const checks = [check({ assertions: [...many(3_000, { path: ['sub'] }), failed], outcome: 'failed' })]
    const { root, remarks, bytes } = documentOf(checks)
    expect(bytes).toBeLessThan(sizeLimit)
    expect(remarks).toEqual([
      'this report has a case per subtest, not per assertion: with more it would be larger than 0.2 MB; --junit-granularity chooses once for all',
    ])
    expect(notices(root)).toHaveLength(1)
    expect(root.attributes).toMatchObject({ tests: '3', failures: '1' })
    expect(documentOf(checks, 'check').remarks).toEqual([])
  })

  test('what fits in no way is written all the same, and who reads it is told', () => {
    const checks = Array.from({ length: 1_500 }, (_, index) => check({ name: `check-${index}` }))
    const { root, remarks, bytes } = documentOf(checks)
    expect(bytes).toBeGreaterThan(sizeLimit)
    expect(root.attributes.tests).toBe('1501')
    expect(remarks).toEqual([
      'this report has a case per check, not per assertion: with more it would be larger than 0.2 MB; --junit-granularity chooses once for all',
      `the report has ${Math.round(bytes / 1e5) / 10} MB; GitLab takes none of 30 MB or more`,
    ])
  })

  test('the limit is below what GitLab takes', () => {
    expect(junitSizeLimit).toBeLessThan(25_000_000)
  })
})
