import { expect, test } from 'vitest'
import { createRegion } from '../../../terminal/region.ts'

test('a row is erased before it is written, so that one as wide as the terminal keeps its last column', () => {
  let written = ''
  const region = createRegion((text) => {
    written += text
  })
  region.draw(['0:01', 'sum'])
  region.draw(['0:02', 'sum'])
  region.close()
  expect(written).toContain('\x1b[K0:01')
  expect(written).toContain('\x1b[K0:02')
  for (const row of ['0:01', '0:02', 'sum']) expect(written).not.toContain(`${row}\x1b[K`)
})
