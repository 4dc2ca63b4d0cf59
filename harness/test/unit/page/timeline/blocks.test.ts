import { expect, test } from 'vitest'
import { blocksOf } from '../../../../page/views/timeline/blocks.ts'
import { neighbourOf } from '../../../../page/views/timeline/neighbours.ts'
import { type Bar, tracksOf } from '../../../../page/views/timeline/tracks.ts'
import { runInfo, timed } from './made-checks.ts'

function barsOf(count: number, seconds: number): Bar[] {
  const checks = Array.from({ length: count }, (_, index) =>
    timed(`check-${index}`, [[index * seconds, (index + 1) * seconds]], {
      outcome: index === 7 ? 'failed' : 'passed',
    }),
  )
  return tracksOf(runInfo(), checks)[0]?.bars ?? []
}

test('bars that can be told apart stay alone', () => {
  const blocks = blocksOf(barsOf(20, 10), 1)
  expect(blocks).toHaveLength(20)
  expect(blocks[7]).toMatchObject({ outcome: 'failed', from: 70, to: 80 })
})

test('ten thousand that cannot become as many blocks as fit, none of them lost, the worst outcome shown', () => {
  const bars = barsOf(10_000, 1)
  const blocks = blocksOf(bars, 10)
  expect(blocks.length).toBeLessThanOrEqual(10_000 / 10 / 2)
  expect(blocks.flatMap((block) => block.bars)).toEqual(bars)
  expect(blocks.map(({ outcome }) => outcome).filter((one) => one === 'failed')).toHaveLength(1)
})

test('a long bar swallows no short one beside it', () => {
  const checks = [timed('long', [[0, 100]]), timed('short', [[100, 101]])]
  const [track] = tracksOf(runInfo(), checks)
  expect(blocksOf(track?.bars ?? [], 1).map(({ bars }) => bars.length)).toEqual([1, 1])
})

test('arrow keys lead along a lane and to the nearest in the next one', () => {
  const checks = [
    timed('a', [[0, 50]]),
    timed('b', [[0, 20]]),
    timed('c', [[20, 60]]),
    timed('d', [[50, 60]]),
  ]
  const blocks = blocksOf(tracksOf(runInfo(), checks)[0]?.bars ?? [], 0.1)
  const led = (name: string, key: string) => {
    const from = blocks.find(({ bars }) => bars[0]?.label === name)
    return (from && neighbourOf(blocks, from, key)?.bars[0]?.label) ?? null
  }
  expect(blocks.map(({ bars, lane }) => `${lane} ${bars[0]?.label}`)).toEqual(['0 a', '0 d', '1 b', '1 c'])
  expect([led('a', 'ArrowRight'), led('d', 'ArrowRight'), led('b', 'ArrowLeft')]).toEqual(['d', null, null])
  expect([led('d', 'ArrowDown'), led('b', 'ArrowUp'), led('b', 'ArrowDown')]).toEqual(['c', 'a', null])
  expect([led('b', 'End'), led('c', 'Home'), led('c', 'x')]).toEqual(['c', 'b', null])
})
