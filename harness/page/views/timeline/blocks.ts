import type { Outcome } from '../../../model/outcome.ts'
import { outcomesByWeight } from '../../shared/words.ts'
import type { Bar } from './tracks.ts'

/** Bars that are too narrow to be told apart, or a single one. */
export interface Block {
  lane: number
  from: number
  to: number
  /** The worst of its bars' outcomes. */
  outcome: Outcome
  bars: Bar[]
}

/** Narrower than this, in pixels, nobody hits or sees a bar. */
const leastWidth = 4

/**
 * What is drawn of a timeline at a scale: narrow neighbours in a lane become one block, so that ten thousand attempts
 * are no ten thousand shapes.
 * @param bars by lane, then time
 * @param secondsPerPixel the scale
 */
export function blocksOf(bars: readonly Bar[], secondsPerPixel: number): Block[] {
  const least = leastWidth * secondsPerPixel
  const blocks: Block[] = []
  for (const bar of bars) {
    const last = blocks.at(-1)
    if (
      last &&
      last.lane === bar.lane &&
      isNarrow(last, least) &&
      isNarrow(bar, least) &&
      fits(last, bar, least)
    ) {
      last.bars.push(bar)
      last.to = Math.max(last.to, bar.to)
      if (isWorse(bar.outcome, last.outcome)) last.outcome = bar.outcome
    } else {
      blocks.push({ lane: bar.lane, from: bar.from, to: bar.to, outcome: bar.outcome, bars: [bar] })
    }
  }
  return blocks
}

/** A block grows until it is as wide as what can be hit. */
function isNarrow({ from, to }: { from: number; to: number }, least: number): boolean {
  return to - from < least
}

function fits(block: Block, bar: Bar, least: number): boolean {
  return bar.from - block.from < least
}

function isWorse(a: Outcome, b: Outcome): boolean {
  return outcomesByWeight.indexOf(a) < outcomesByWeight.indexOf(b)
}
