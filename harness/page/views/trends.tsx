import { useState } from 'preact/hooks'
import { formatSeconds } from '../../model/units.ts'
import { oneLine } from '../../reporters/safe-text.ts'
import type { CheckTrend } from '../../trends/check-trend.ts'
import type { PageData, SeriesHistory } from '../data.ts'
import { CheckLink, Checks } from './check-links.tsx'
import { useMore } from './more.tsx'
import { type Order, orders, sorted } from './trends/orders.ts'
import { pointText, Sparkline } from './trends/sparkline.tsx'

/** Each has a picture of up to fifty marks. */
const portion = 100

/** How checks fared over past runs. */
export function Trends({ data: { history, checks } }: { data: PageData }) {
  const [order, setOrder] = useState<Order>('attention')
  const { shown, button } = useMore(history.length, portion)
  if (history.length === 0)
    return <p>Nothing is recorded of these checks yet: every run adds its attempts.</p>
  const positions = new Map(checks.map(({ title }, index) => [title, index]))
  return (
    <Checks.Provider value={checks}>
      <div class="trends">
        <label>
          Sort by{' '}
          <select value={order} onChange={({ currentTarget }) => setOrder(currentTarget.value as Order)}>
            {Object.entries(orders).map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <p class="trends-legend">
          <span class="outcome-passed">● passed</span>{' '}
          <span class="outcome-failed">✗ failed or timed out</span>{' '}
          <span class="outcome-errored">■ errored</span>; height is time, newest right.
        </p>
        <ul class="trends-list">
          {sorted(history, order)
            .slice(0, shown)
            .map((series) => (
              <Series key={titleOf(series)} series={series} check={positions.get(titleOf(series)) ?? null} />
            ))}
        </ul>
        {button}
      </div>
    </Checks.Provider>
  )
}

function titleOf({ check, profile }: Pick<SeriesHistory, 'check' | 'profile'>): string {
  return profile === null ? check : `${check}@${profile}`
}

function Series({ series, check }: { series: SeriesHistory; check: number | null }) {
  const { trend, points } = series
  const name = oneLine(titleOf(series))
  const accelerator = points.at(-1)?.accelerator ?? null
  const alike = points.filter((point) => point.accelerator === accelerator)
  const others = points.length - alike.length
  return (
    <li class="trends-series">
      <h2>
        <CheckLink check={check}>{name}</CheckLink>
      </h2>
      <div class="trends-picture">
        <Sparkline points={alike} />
        {others > 0 && <p>{others} under another accelerator are not drawn.</p>}
      </div>
      <div>
        <dl>
          <Fact name="Passed" value={rateText(trend)} />
          <Fact name="Flaky" value={flakyText(trend)} tone={trend.flakiness.proven ? 'failed' : null} />
          <Fact
            name="Time"
            value={timeText(trend)}
            tone={trend.duration.direction === 'slower' ? 'warned' : null}
          />
          {trend.lastFailure && <Fact name="Last failure" value={failureText(trend.lastFailure)} />}
        </dl>
        <Attempts points={points} />
      </div>
    </li>
  )
}

function Fact({
  name,
  value,
  tone = null,
}: {
  name: string
  value: string
  tone?: 'failed' | 'warned' | null
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={tone === null ? undefined : `trends-${tone}`}>{value}</dd>
    </div>
  )
}

/** The same as the picture, in words; newest first. */
function Attempts({ points }: Pick<SeriesHistory, 'points'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{points.length === 1 ? 'The attempt' : `The newest ${points.length} attempts`}</summary>
      {isOpen && (
        <ol>
          {points.toReversed().map((point) => (
            <li key={`${point.run} ${point.attempt}`}>{pointText(point)}</li>
          ))}
        </ol>
      )}
    </details>
  )
}

/** `52 of 54, 87–99 %` */
function rateText({ passed, verdicts, passRateInterval: [low, high], errored }: CheckTrend): string {
  const broken = errored === 0 ? '' : `; ${errored} errored`
  if (verdicts === 0) return `no verdict${broken}`
  const rate = Math.round((100 * passed) / verdicts)
  return `${rate} % (${passed} of ${verdicts}; 95 % interval ${Math.round(low * 100)}–${Math.round(high * 100)} %)${broken}`
}

function flakyText({ flakiness: { score, proven } }: CheckTrend): string {
  if (proven) return `proven: the same thing both passed and failed, score ${score.toFixed(2)}`
  return score === 0 ? 'no' : `score ${score.toFixed(2)}`
}

function timeText({ duration: { median, ratio, direction } }: CheckTrend): string {
  if (median === null) return 'never passed'
  const isTold = direction === 'slower' || direction === 'faster'
  const trend = isTold && ratio !== null ? `, ${direction} (×${ratio.toFixed(2)})` : ''
  return `median ${formatSeconds(median)}${trend}`
}

function failureText({ at, failure }: NonNullable<CheckTrend['lastFailure']>): string {
  const why = failure ? `: ${oneLine(failure.message)}` : ''
  return `${at.slice(0, 16).replace('T', ' ')} UTC${why}`
}
