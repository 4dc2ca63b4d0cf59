import { useState } from 'preact/hooks'
import { formatMemory, formatSeconds } from '../../../model/units.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { outcomeLooks } from '../../../reporters/style.ts'
import { CheckLink } from '../check-links.tsx'
import { useMore } from '../more.tsx'
import { stagesText } from './inspector.tsx'
import { clockText } from './ticks.ts'
import type { Track } from './tracks.ts'

/** So many rows at first, and with each click. */
const portion = 200

/** The same as the drawing, for whoever does not see it: every attempt in the order of its start. */
export function AttemptTable({ tracks }: { tracks: readonly Track[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="timeline-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same as a table</summary>
      {isOpen && tracks.map((track) => <TrackTable key={track.id} track={track} />)}
    </details>
  )
}

function TrackTable({ track }: { track: Track }) {
  const { shown, button } = useMore(track.bars.length, portion)
  const rows = track.bars.toSorted((a, b) => a.from - b.from)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="timeline-table-box" tabIndex={0} aria-label={`Attempts of ${track.id}`}>
      <table>
        <caption>Attempts of {track.id}, by their start</caption>
        <thead>
          <tr>
            {['Check', 'Outcome', 'Start', 'Time', 'Lane', 'Held', 'Stages'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((bar) => (
            <tr key={`${bar.check} ${bar.attempt}`}>
              <th scope="row">
                <CheckLink check={bar.check}>{oneLine(bar.label)}</CheckLink>
                {bar.attempts > 1 && ` (attempt ${bar.attempt} of ${bar.attempts})`}
              </th>
              <td class={`outcome-${bar.outcome}`}>
                {outcomeLooks[bar.outcome].mark} {outcomeLooks[bar.outcome].words}
              </td>
              <td>{clockText(bar.from)}</td>
              <td>{formatSeconds(bar.to - bar.from)}</td>
              <td>{bar.lane + 1}</td>
              <td>{bar.needs ? `${formatMemory(bar.needs.memoryMiB)}, ${bar.needs.cores} cores` : ''}</td>
              <td>{stagesText(bar)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {button}
    </section>
  )
}
