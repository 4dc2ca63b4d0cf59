import { formatMemory, formatSeconds } from '../../../model/units.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { outcomeLooks } from '../../../reporters/style.ts'
import { CheckLink } from '../check-links.tsx'
import { talliesText } from './block-shape.tsx'
import type { Block } from './blocks.ts'
import { clockText } from './ticks.ts'
import type { Bar } from './tracks.ts'

const mostListed = 6

/** What is known of the block that was looked at last. */
export function Inspector({ block }: { block: Block | null }) {
  const [only, ...more] = block?.bars ?? []
  return (
    <div class={`timeline-inspector ${block ? 'timeline-looked' : ''}`}>
      {!block || !only ? (
        <p class="timeline-hint">Point at an attempt, or go from one to the next with the arrow keys.</p>
      ) : more.length === 0 ? (
        <BarFacts bar={only} />
      ) : (
        <BlockFacts block={block} />
      )}
    </div>
  )
}

function BarFacts({ bar }: { bar: Bar }) {
  const { label, check, outcome, attempt, attempts, from, to, startedMs, needs, message } = bar
  const facts = [
    attempts > 1 ? `attempt ${attempt} of ${attempts}` : null,
    `${formatSeconds(to - from)}, from ${clockText(from)} to ${clockText(to)}`,
    `started ${new Date(startedMs).toISOString().slice(11, 19)} UTC`,
    needs &&
      `held ${formatMemory(needs.memoryMiB)} and ${needs.cores} ${needs.cores === 1 ? 'core' : 'cores'}`,
  ]
  return (
    <>
      <p>
        <span class={`outcome-${outcome} timeline-outcome`}>
          {outcomeLooks[outcome].mark} {outcomeLooks[outcome].words}
        </span>{' '}
        <CheckLink check={check}>{oneLine(label)}</CheckLink>
      </p>
      <p>{facts.filter((fact) => fact !== null).join(' · ')}</p>
      {bar.stages.length > 0 && <p>{stagesText(bar)}</p>}
      {message !== null && <p class="timeline-message">{oneLine(message)}</p>}
    </>
  )
}

const stageWords = {
  'realising-inputs': 'making ready',
  'waiting-for-lock': 'waiting for a lock',
  building: 'building',
  running: 'running',
} satisfies Record<Bar['stages'][number]['stage'], string>

/** `making ready 1.2 s, running 14.0 s` */
export function stagesText({ stages }: Pick<Bar, 'stages'>): string {
  return stages
    .map(({ stage, from, to }) => `${stageWords[stage] ?? stage} ${formatSeconds(to - from)}`)
    .join(', ')
}

function BlockFacts({ block: { bars, from, to } }: { block: Block }) {
  const worst = bars.toSorted((a, b) => Number(a.outcome === 'passed') - Number(b.outcome === 'passed'))
  return (
    <>
      <p>
        {bars.length} attempts from {clockText(from)} to {clockText(to)}: {talliesText(bars)}
      </p>
      <ul>
        {worst.slice(0, mostListed).map((bar) => (
          <li key={`${bar.check} ${bar.attempt}`}>
            <CheckLink check={bar.check}>{oneLine(bar.label)}</CheckLink> {outcomeLooks[bar.outcome].words}
          </li>
        ))}
      </ul>
      {bars.length > mostListed && <p>Zoom in, or see the table for the others.</p>}
    </>
  )
}
