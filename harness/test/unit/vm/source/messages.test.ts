import { expect, test } from 'vitest'
import { type DriverMessage, readMessages } from '../../../../vm/source/messages.ts'

function read(text: string, size = text.length): DriverMessage[] {
  const messages: DriverMessage[] = []
  const reader = readMessages((message) => messages.push(message))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size))
  return messages
}

const whole: DriverMessage[] = [
  { type: 'console', node: 'alpha', text: 'gr\u00fc\u00dfe \u2028 \u{1f600}' },
  { type: 'event', event: { type: 'scriptStarted', line: 1 } },
  { type: 'ended', end: 'passed' },
]

test.each([1, 3, 1000])('messages arrive in cuts of %i bytes', (size) => {
  expect(read(whole.map((message) => `${JSON.stringify(message)}\n`).join(''), size)).toEqual(whole)
})

test.each([
  ['no JSON', 'hello'],
  ['no object', 'null'],
  ['an unknown type', '{"type":"won"}'],
  ['an end that does not exist', '{"type":"ended","end":"glorious"}'],
  ['an unknown event', '{"type":"event","event":{"type":"attemptEnded"}}'],
  ['an event without what it promises', '{"type":"event","event":{"type":"logEnded","outcome":"passed"}}'],
  ['no event', '{"type":"event","event":null}'],
  ['a console of nobody', '{"type":"console","text":"x"}'],
  ['a line without an end', `{"type":"console","node":"a","text":"${'x'.repeat(3_000_000)}"}`],
])('%s is no message, and what follows is one', (_, line) => {
  expect(read(`${line}\n{"type":"ended","end":"failed"}\n`)).toEqual([{ type: 'ended', end: 'failed' }])
})
