import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { foregroundOf } from '../../../terminal/foreground.ts'
import { fileLink } from '../../../terminal/link.ts'

const link = (url: string, text: string) => `\x1b]8;;${url}\x1b\\${text}\x1b]8;;\x1b\\`

test.each([
  ['/reports/index.html', 'file:///reports/index.html'],
  ['/my reports/日本#1?.html', 'file:///my%20reports/%E6%97%A5%E6%9C%AC%231%3F.html'],
  ['/evil\x1b\\\x07;x\n', 'file:///evil%1B%5C%07;x%0A'],
])('a link to %j holds nothing that ends it', (path, url) => {
  expect(fileLink('text', path, {})).toBe(link(url, 'text'))
})

test('on another machine a link tells which', () => {
  expect(fileLink('text', '/a', { SSH_CONNECTION: '::1 1 ::1 22' })).toBe(
    link(`file://${hostname().toLowerCase()}/a`, 'text'),
  )
})

test.each([
  ['in the foreground', '4021 (node) S 4000 4021 4000 34816 4021 4194304', true],
  ['in the background', '4021 (node) S 4000 4021 4000 34816 4000 4194304', false],
  ['without a terminal', '4021 (node) S 4000 4021 4000 0 -1 4194304', true],
  ['with a name that looks like more', '4021 (a) S 1 (b) S 4000 4021 4000 34816 4000 4194304', false],
])('%s', (_, stat, expected) => {
  expect(foregroundOf(stat)).toBe(expected)
})
