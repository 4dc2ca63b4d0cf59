import { useMemo, useState } from 'preact/hooks'
import { formatSeconds } from '../../model/units.ts'
import { oneLine } from '../../reporters/safe-text.ts'
import type { PageData } from '../data.ts'
import { Checks } from './check-links.tsx'
import { AttemptTable } from './timeline/attempt-table.tsx'
import { pauseText } from './timeline/axis.tsx'
import type { Block } from './timeline/blocks.ts'
import { Inspector } from './timeline/inspector.tsx'
import { TrackChart } from './timeline/track-chart.tsx'
import { type Track, tracksOf } from './timeline/tracks.ts'

/** What ran when, and on which budget. */
export function Timeline({ data }: { data: PageData }) {
  const tracks = useMemo(() => tracksOf(data.run, data.checks), [data])
  const [looked, setLooked] = useState<Block | null>(null)
  if (tracks.length === 0) return <p>Nothing was attempted in this run.</p>
  const seconds = Math.max(...tracks.map(({ to }) => to))
  return (
    <Checks.Provider value={data.checks}>
      <div class="timeline">
        <p class="timeline-sentence">{sentenceOf(tracks)}</p>
        <Legend isLoadKnown={tracks.some(({ load }) => load !== null)} />
        {tracks.map((track) => (
          <TrackChart
            key={track.id}
            track={track}
            title={titleOf(track, tracks.length === 1)}
            seconds={seconds}
            onLook={setLooked}
          />
        ))}
        <Inspector block={looked} />
        <AttemptTable tracks={tracks} />
      </div>
    </Checks.Provider>
  )
}

/** `14 attempts in 3 min 20 s, at most 4 at once.` */
function sentenceOf(tracks: readonly Track[]): string {
  const attempts = tracks.reduce((sum, { bars }) => sum + bars.length, 0)
  const lanes = Math.max(...tracks.map((track) => track.lanes))
  const seconds = tracks.reduce((sum, { to }) => sum + to, 0)
  const runs = tracks.length > 1 ? ` of ${tracks.length} runs` : ''
  return `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${runs} in ${formatSeconds(seconds)}, at most ${lanes} at once.`
}

/** `run-1 on builder-1; cut off at 12:05, resumed 8 h 2 min later` */
function titleOf({ id, stretches }: Track, isOnly: boolean): string {
  const hosts = [...new Set(stretches.map(({ host }) => host))].map(oneLine).join(', then ')
  const pauses = stretches.slice(1).map(pauseText)
  return [`${isOnly ? 'On' : `${oneLine(id)} on`} ${hosts}`, ...pauses].join('; ')
}

function Legend({ isLoadKnown }: { isLoadKnown: boolean }) {
  const keys = [
    ['stage', 'making ready or waiting'],
    ...(isLoadKnown
      ? [
          ['held', 'held of the budget'],
          ['limit', 'the budget'],
        ]
      : []),
  ]
  return (
    <ul class="timeline-legend">
      {keys.map(([key, words]) => (
        <li key={key}>
          <span class={`timeline-key timeline-key-${key}`} /> {words}
        </li>
      ))}
    </ul>
  )
}
