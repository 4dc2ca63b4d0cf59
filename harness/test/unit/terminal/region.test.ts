import { expect, test } from 'vitest'
import { createRegion } from '../../../terminal/region.ts'
import { TestScreen } from './screen.ts'

const can = { synchronized: false, reflows: true }

function onScreen(columns = 40, rows = 10) {
  const screen = new TestScreen(columns, rows)
  return { screen, region: createRegion(screen.write, can) }
}

test('a row is erased before it is written, so that one as wide as the terminal keeps its last column', () => {
  const { screen, region } = onScreen()
  region.show({ above: '', lines: ['0:01', 'sum'] })
  region.show({ above: '', lines: ['0:02', 'sum'] })
  region.close()
  expect(screen.bytes).toContain('\x1b[K0:01')
  expect(screen.bytes).toContain('\x1b[K0:02')
  for (const row of ['0:01', '0:02', 'sum']) expect(screen.bytes).not.toContain(`${row}\x1b[K`)
})

test('text that stays and a new block come in one write', async () => {
  const { screen, region } = onScreen()
  region.show({ above: '', lines: ['a', 'b', 'c'] })
  screen.writes = 0
  region.show({ above: 'first\nsecond\n', lines: ['d'] })
  expect(screen.writes).toBe(1)
  expect(await screen.text()).toEqual(['first', 'second', 'd'])
})

test('a block that grows and shrinks at the bottom of the screen leaves nothing behind', async () => {
  const { screen, region } = onScreen(20, 5)
  region.show({ above: '1\n2\n3\n4\n', lines: ['sum'] })
  region.show({ above: '', lines: ['a', 'b', 'sum'] })
  region.show({ above: '5\n', lines: ['a', 'sum'] })
  region.show({ above: '', lines: ['sum'] })
  expect(await screen.text()).toEqual(['1', '2', '3', '4', '5', 'sum'])
  region.close({ above: '6\n' })
  expect(await screen.text()).toEqual(['1', '2', '3', '4', '5', '6'])
})

test('what the terminal echoes of typing is gone with the next frame', async () => {
  const { screen, region } = onScreen()
  region.show({ above: '', lines: ['a', 'sum'] })
  screen.write('^C')
  region.show({ above: 'stopping\n', lines: ['b', 'sum'] })
  expect(await screen.text()).toEqual(['stopping', 'b', 'sum'])
})

test('a synchronized terminal is told where a frame begins and ends', () => {
  const screen = new TestScreen(40, 10)
  const region = createRegion(screen.write, { ...can, synchronized: true })
  region.show({ above: '', lines: ['a'] })
  expect(screen.bytes).toMatch(/^\x1b\[\?2026h.*a\r\x1b\[\?2026l$/)
})

test('rows of wide characters and colours count as many rows as they take in a narrow terminal', async () => {
  const { screen, region } = onScreen(40, 10)
  region.show({ above: 'stays\n', lines: ['\x1b[1m日本語日本語日本語日本語\x1b[22m', 'sum'] })
  await screen.resize(10, 10)
  region.resized(10)
  region.show({ above: '', lines: ['new', 'sum'] })
  expect(await screen.text()).toEqual(['stays', 'new', 'sum'])
})
