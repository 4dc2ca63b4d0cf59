import { describe, expect, test } from 'vitest'
import { spansOf, withoutCodes } from '../../../page/log/sgr.ts'

/** `text` or `text{classes}` for each span. */
const shown = (line: string) => spansOf(line).map(({ text, classes }) => text + (classes && `{${classes}}`))

describe('styles', () => {
  test.each([
    ['nothing', 'plain text', ['plain text']],
    ['an empty line', '', []],
    ['a colour and its end', 'a \x1b[31mred\x1b[0m b', ['a ', 'red{sgr-hue-1}', ' b']],
    ['a bright colour', '\x1b[92mok\x1b[m', ['ok{sgr-hue-2}']],
    ['several at once', '\x1b[1;4;33mx', ['x{sgr-hue-3 sgr-bold sgr-underline}']],
    [
      'one after the other',
      '\x1b[1ma\x1b[31mb\x1b[22mc',
      ['a{sgr-bold}', 'b{sgr-hue-1 sgr-bold}', 'c{sgr-hue-1}'],
    ],
    ['dim and italic', '\x1b[2;3mx\x1b[23my', ['x{sgr-dim sgr-italic}', 'y{sgr-dim}']],
    ['a default colour', '\x1b[31ma\x1b[39mb', ['a{sgr-hue-1}', 'b']],
    ['a ground, on which text keeps its own colour', '\x1b[31;41mx', ['x{sgr-ground-1}']],
    ['inverse', '\x1b[7mx\x1b[27my', ['x{sgr-inverse}', 'y']],
    ['a palette colour', '\x1b[38;5;208morange', ['orange{sgr-hue-1}']],
    ['one of the first sixteen', '\x1b[38;5;12mblue', ['blue{sgr-hue-4}']],
    ['a shade of grey', '\x1b[38;5;240mx\x1b[38;5;250my', ['x{sgr-hue-0}', 'y{sgr-hue-7}']],
    ['true colour', '\x1b[38;2;10;200;30mgreen', ['green{sgr-hue-2}']],
    ['true colour with colons', '\x1b[38:2:200:10:180mmagenta', ['magenta{sgr-hue-5}']],
    ['what follows an extended colour', '\x1b[38;5;9;1mx', ['x{sgr-hue-1 sgr-bold}']],
    ['a colour that is not told', '\x1b[38mx', ['x']],
    ['numbers that mean nothing', '\x1b[31;999;;mx', ['x']],
  ])('%s', (_, line, expected) => {
    expect(shown(line)).toEqual(expected)
  })

  test('concealed text stays visible', () => {
    expect(shown('\x1b[8mhidden')).toEqual(['hidden'])
  })
})

describe('whatever else would move, hide or reorder', () => {
  test.each([
    ['a moved cursor and a cleared screen', 'a\x1b[2J\x1b[10;20H\x1b[?25lb', 'ab'],
    ['a title', 'a\x1b]0;title\x07b', 'ab'],
    ['a link', '\x1b]8;;javascript:alert(1)\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a device string', 'a\x1bPq#0;2\x1b\\b', 'ab'],
    ['a charset', 'a\x1b(0b', 'ab'],
    ['a reset', 'a\x1bcb', 'ab'],
    ['8-bit codes', 'a\u009b31mb', 'ab'],
    [
      'returns and backspaces: what they would overwrite is still there',
      'secret\r\b\b\bpublic',
      'secretpublic',
    ],
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['line separators of others', 'a\u2028b', 'ab'],
    ['a title that never ends takes nothing with it', 'a\x1b]0;title and text', 'a]0;title and text'],
    ['an escape at the end', 'a\x1b', 'a'],
    ['an unfinished code', 'a\x1b[31', 'a[31'],
    ['markup is text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['tabs and letters of all scripts stay', 'a\té 日本 😀', 'a\té 日本 😀'],
  ])('%s', (_, line, expected) => {
    expect(withoutCodes(line)).toBe(expected)
    expect(
      spansOf(line)
        .map(({ text }) => text)
        .join(''),
    ).toBe(expected)
  })

  test('no code reaches over the end of a line', () => {
    expect(withoutCodes('a\x1b]0;x\nb\x07c')).toBe('a]0;x\nbc')
  })
})
