import { describe, expect, test } from 'vitest'
import { createCommandGate, type StreamContent } from '../../../reporters/command-gate.ts'
import { commandsIn, hostileLines } from '../../helpers/github-runner.ts'
import { seededRandom } from '../../helpers/random.ts'

test('each hostile line is a command without the gate, or it proves nothing', () => {
  const harmless = ['\x1b[31m::error::owned']
  const without = hostileLines.filter((line) => commandsIn(`x\n${line}\n`).length === 0)
  // .NET compares by culture here, so what a code of colour does is not for this model to say.
  expect(without.filter((line) => !harmless.includes(line) && !line.startsWith('\ufeff'))).toEqual([])
})

describe('what passes is no command', () => {
  test.each(hostileLines)('%j', (line) => {
    const { pass } = createCommandGate('text')
    expect(commandsIn(pass(`${line}\n`))).toEqual([])
  })

  test.each(hostileLines)('%j, cut in two at every place, after text and after none', (line) => {
    for (const start of ['', ' ', 'x']) {
      for (let at = 0; at <= line.length; at++) {
        const gate = createCommandGate('text')
        const passed = gate.pass(start) + gate.pass(line.slice(0, at)) + gate.pass(line.slice(at))
        expect(commandsIn(passed), JSON.stringify([start, line, at])).toEqual([])
      }
    }
  })

  test('any mixture of their pieces, in any pieces', () => {
    const random = seededRandom(7)
    const parts = [
      '::',
      ':',
      '#',
      '##',
      '[',
      '##[',
      ']',
      'error',
      ' ',
      '\n',
      '\r',
      '\u2028',
      'x',
      'vso',
      '\x1b[1m',
    ]
    const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
    for (let round = 0; round < 20_000; round++) {
      const gate = createCommandGate('text')
      let passed = ''
      for (let count = 0; count < 8; count++) passed += gate.pass(any(parts) + any(parts))
      expect(commandsIn(passed), JSON.stringify(passed)).toEqual([])
    }
  })
})

describe('data stay the same data', () => {
  const texts = [...hostileLines, '##', '#[', 'a\\##[error]b', '##vso[task]x', '"##[error]"']

  test('JSON', () => {
    const json = `${JSON.stringify(texts, null, 2)}\n`
    const passed = inPieces(json, 'json')
    expect(JSON.parse(passed)).toEqual(texts)
    expect(commandsIn(json)).not.toEqual([])
    expect(commandsIn(passed)).toEqual([])
  })

  test('XML', () => {
    const xml = '<a b="##[error]x">\n::error::owned\n##[group]y</a>\n'
    const passed = inPieces(xml, 'xml')
    expect(passed.replaceAll('&#91;', '[').replaceAll('&#58;', ':')).toBe(xml)
    expect(commandsIn(xml)).toHaveLength(3)
    expect(commandsIn(passed)).toEqual([])
  })
})

test('what is harmless stays as it is', () => {
  const text = 'a::b\n# title ## [x]\nstd::vector\n:: one\r\n#[derive]\n'
  expect(createCommandGate('text').pass(text)).toBe(text.replace('\n:: one', '\n│ :: one'))
})

test('it knows whether a line is begun', () => {
  const gate = createCommandGate('text')
  expect(gate.atLineStart).toBe(true)
  gate.pass('a')
  expect(gate.atLineStart).toBe(false)
  gate.pass('b\n')
  expect(gate.atLineStart).toBe(true)
})

function inPieces(text: string, content: StreamContent): string {
  const gate = createCommandGate(content)
  return [...text].map((character) => gate.pass(character)).join('')
}
