import { describe, expect, test } from 'vitest'
import { clip, columnsOf, pad, wrap } from '../../../reporters/columns.ts'
import { reportFiles } from '../../../reporters/report-files.ts'
import { reportKinds } from '../../../reporters/report-kinds.ts'
import { rerunCommand } from '../../../reporters/rerun.ts'
import { inertLine, oneLine, safeLines, safeText } from '../../../reporters/safe-text.ts'
import { check } from './junit-samples.ts'
import { reportOf } from './replay.ts'
import { wholeRun } from './story.ts'

describe('safe text', () => {
  test.each([
    ['plain', 'a b', 'a b'],
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a moved cursor', 'a\x1b[2Jb\x1b[10;10Hc\x1b[?25l', 'abc'],
    ['a hyperlink', '\x1b]8;;http://x\x07text\x1b]8;;\x1b\\', 'text'],
    ['a title', '\x1b]0;owned\x07after', 'after'],
    ['a charset and a reset', '\x1b(0q\x1bc', 'q'],
    ['an escape that never ends', 'a\x1b[1;', 'a1;'],
    ['one-byte controls', 'a\x9b31mb\x07\x08\x7f', 'a31mb'],
    ['returns', 'a\r\nb\rc', 'a\nb\nc'],
    ['a tab', 'a\tb', 'a    b'],
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['line separators', 'a\u2028b', 'ab'],
    ['half characters', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['what XML forbids', 'a\ufffe\uffffb', 'ab'],
    ['whole characters', 'é 日本 😀', 'é 日本 😀'],
  ])('%s', (_, text, expected) => {
    expect(safeText(text)).toBe(expected)
  })

  test('on one line', () => {
    expect(oneLine(' a  \n   b\r\nc ')).toBe('a b c')
  })

  test.each([
    ['::error::x', '│ ::error::x'],
    ['\x1b[31m  ##[error]x', '\x1b[31m  ## [error]x'],
    ['a ::error::x', 'a ::error::x'],
  ])('%j is no command of a CI', (line, expected) => {
    expect(inertLine(line)).toBe(expected)
  })

  test('as lines without the empty ones at the ends', () => {
    expect(safeLines('\n\n  a  \n\nb\n\n')).toEqual(['  a', '', 'b'])
    expect(safeLines('')).toEqual([])
  })
})

describe('columns', () => {
  test.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['ｆｕｌｌ', 8],
    ['😀', 2],
    ['a\u200bb', 2],
    ['✓ ✗ › … │ ○', 11],
  ])('%s takes %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns)
  })

  test('cutting keeps within the width, also in the middle of a wide character', () => {
    expect(clip('日本語', 6)).toBe('日本語')
    expect(clip('日本語', 5)).toBe('日本…')
    expect(clip('日本語', 4)).toBe('日…')
    expect(clip('abc', 0)).toBe('')
  })

  test('breaking keeps every character, and wide ones whole', () => {
    expect(wrap('abc', 3)).toEqual(['abc'])
    expect(wrap('abcdefg', 3)).toEqual(['abc', 'def', 'g'])
    expect(wrap('a日本語', 4)).toEqual(['a日', '本語'])
    expect(wrap('', 4)).toEqual([''])
  })

  test('filling counts columns, not characters', () => {
    expect(pad('日', 4)).toBe('日  ')
    expect(pad('abcdef', 4)).toBe('abc…')
  })
})

describe('the command that runs a check again', () => {
  const again = (command: string[], facts: Parameters<typeof check>[0]) =>
    rerunCommand({ command }, check(facts))

  test.each([
    ['just the name', ['run', 'a', 'b', '--jobs', '4'], { name: 'b' }, 'pnpm vmproof run b'],
    [
      'where it comes from',
      ['run', '--flake', './x y', '--system=aarch64-linux'],
      { name: 'a' },
      "pnpm vmproof run --flake './x y' --system aarch64-linux a",
    ],
    [
      'which suites it is of',
      ['run', '--suites', 'other', '--kind=vm'],
      { name: 'a' },
      'pnpm vmproof run --suites other --kind vm a',
    ],
    [
      'how it was executed',
      ['run', '--accel=tcg', '--via', 'driver', '--timeout', '15m'],
      { name: 'a', profile: 'lossy' },
      'pnpm vmproof run --accel tcg --via driver --timeout 15m --profile lossy a',
    ],
    ['a name that looks like an option', ['run'], { name: '--all' }, 'pnpm vmproof run -- --all'],
    [
      'a name that means something to a shell',
      ['run'],
      { name: "it's; rm -rf $HOME" },
      "pnpm vmproof run 'it'\\''s; rm -rf $HOME'",
    ],
  ])('%s', (_, command, facts, expected) => {
    expect(again(command, facts)).toBe(expected)
  })
})

describe('files of a run', () => {
  test('those named, in one order', () => {
    expect(reportKinds('json, junit')).toEqual(['junit', 'json'])
    expect(reportKinds('json')).toEqual(['json'])
  })

  test('a wrong name is told with the right ones', () => {
    expect(() => reportKinds('junit,pdf')).toThrow('--report junit,pdf: there is no report named "pdf"')
  })

  test('run.json has the schema, the run and the checks', () => {
    const report = reportOf(wholeRun)
    const [file = { name: '', content: '' }] = reportFiles(report, ['json'])
    expect(file.name).toBe('run.json')
    expect(JSON.parse([...file.content].join(''))).toEqual({
      schema: 1,
      run: report.run,
      checks: report.checks,
    })
  })
})
