import type { CheckSummary, PageData } from '../data.ts'
import { Sparkline } from '../views/trends/sparkline.tsx'

/** How the check fared before, and whether it makes up its mind. */
export function Past({ data, n }: { data: PageData; n: number }) {
  const { name, profile } = data.checks[n] as CheckSummary
  const series = data.history.find((one) => one.check === name && one.profile === profile)
  if (!series || series.points.length < 2) return null
  const { trend, points } = series
  const accelerator = points.at(-1)?.accelerator
  return (
    <section aria-labelledby="past-title">
      <h2 id="past-title">Over past runs</h2>
      <div class="past">
        <Sparkline points={points.filter((point) => point.accelerator === accelerator)} />
        <span>
          passed {trend.passed} of {trend.verdicts}
        </span>
        <span class={trend.flakiness.score > 0 ? 'tone-warned' : 'soft'}>
          flake score {trend.flakiness.score.toFixed(2)}
          {trend.flakiness.proven && ', proven: the same thing has passed and failed'}
        </span>
      </div>
    </section>
  )
}
