import type { Block } from './blocks.ts'

/** The block to which a key leads; null when the key leads nowhere. @param blocks by lane, then time */
export function neighbourOf(blocks: readonly Block[], from: Block, key: string): Block | null {
  switch (key) {
    case 'ArrowRight':
      return alongLane(blocks, from, 1)
    case 'ArrowLeft':
      return alongLane(blocks, from, -1)
    case 'ArrowDown':
      return nearestInLane(blocks, from, from.lane + 1)
    case 'ArrowUp':
      return nearestInLane(blocks, from, from.lane - 1)
    case 'Home':
      return blocks.find(({ lane }) => lane === from.lane) ?? null
    case 'End':
      return blocks.findLast(({ lane }) => lane === from.lane) ?? null
    default:
      return null
  }
}

function alongLane(blocks: readonly Block[], from: Block, step: number): Block | null {
  const next = blocks[blocks.indexOf(from) + step]
  return next?.lane === from.lane ? next : null
}

function nearestInLane(blocks: readonly Block[], { from, to }: Block, lane: number): Block | null {
  const middle = (from + to) / 2
  const distance = (block: Block) => Math.max(block.from - middle, middle - block.to, 0)
  return blocks
    .filter((block) => block.lane === lane)
    .reduce<Block | null>((best, one) => (best && distance(best) <= distance(one) ? best : one), null)
}
