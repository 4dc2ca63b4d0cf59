import { useState } from 'preact/hooks'
import { groupBy } from '../../../model/group-by.ts'
import type { MatrixReport, SweepCell } from '../../../model/sweep.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { useMore } from '../more.tsx'
import { MatrixCell } from './cell.tsx'
import { type Change, changesOf } from './changes.ts'
import { type Measure, measuresOf, type Scale, scaleOf, shadeCount } from './shades.ts'

/** Position in the report of a check under a profile; null when it is not there. */
export type FindCheck = (cell: SweepCell) => number | null

/** Rows, of perhaps ten cells each. */
const portion = 200

/** Checks against profiles, shaded by what was measured. */
export function HeatMap({ report, find }: { report: MatrixReport; find: FindCheck }) {
  const { cells, checks, baseline } = report
  const measures = measuresOf(cells, baseline)
  const [chosen, choose] = useState(measures[0]?.id)
  const [isBrief, setBrief] = useState(false)
  const measure = measures.find(({ id }) => id === chosen) ?? (measures[0] as Measure)
  const scale = scaleOf(cells.flatMap((cell) => measure.valueOf(cell) ?? []))
  const rows = groupBy(cells, ({ check }) => check)
  const shown = isBrief ? checks.filter((check) => rows.get(check)?.some(isRemarkable)) : checks
  return (
    <div class="matrix">
      <div class="toolbar matrix-controls">
        <label>
          Shade by{' '}
          <select value={measure.id} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {measures.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={isBrief}
            onChange={({ currentTarget }) => setBrief(currentTarget.checked)}
          />{' '}
          Only rows in which something failed or changed
        </label>
      </div>
      <ShadeLegend measure={measure} scale={scale} />
      {shown.length === 0 ? (
        <p>Nothing failed or changed.</p>
      ) : (
        <Grid {...{ report, shown, rows, measure, scale, find }} />
      )}
    </div>
  )
}

function Grid({
  report: { profiles, baseline, cells },
  shown,
  rows,
  measure,
  scale,
  find,
}: {
  report: MatrixReport
  shown: readonly string[]
  rows: Map<string, SweepCell[]>
  measure: Measure
  scale: Scale | null
  find: FindCheck
}) {
  const more = useMore(shown.length, portion)
  const isAllNew = cells.every(({ change }) => change === 'new')
  const isTold = ({ kind }: Change) => kind !== 'new' || !isAllNew
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="matrix-box" tabIndex={0} aria-label="Checks against profiles">
      <table>
        <caption class="unseen">Outcomes of checks under profiles, shaded by: {measure.title}</caption>
        <thead>
          <tr>
            <th scope="col">Check</th>
            {profiles.map((profile) => (
              <th key={profile} scope="col">
                <span class="matrix-name">{profile === null ? 'no profile' : oneLine(profile)}</span>
                {profile !== null && profile === baseline && (
                  <span class="matrix-note"> all refer to it</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, more.shown).map((check) => (
            <tr key={check}>
              <th scope="row">
                <span class="matrix-name">{oneLine(check)}</span>
              </th>
              {profiles.map((profile) => {
                const cell = rows.get(check)?.find((one) => one.profile === profile)
                return cell ? (
                  <MatrixCell
                    key={profile}
                    cell={cell}
                    check={find(cell)}
                    changes={changesOf(cell).filter(isTold)}
                    measure={measure}
                    scale={scale}
                  />
                ) : (
                  <td key={profile} class="matrix-empty">
                    <span aria-hidden="true">·</span>
                    <span class="unseen">not meant for this profile</span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {more.button}
    </section>
  )
}

function ShadeLegend({ measure, scale }: { measure: Measure; scale: Scale | null }) {
  if (!scale) return <p class="matrix-legend">No shades: there are no two different values.</p>
  const text = (index: number) => measure.textOf(scale.bounds[index] ?? 0)
  return (
    <p class="matrix-legend">
      <span>{measure.title}:</span>
      {Array.from({ length: shadeCount }, (_, shade) => (
        <span key={text(shade)} class={`matrix-key matrix-shade-${shade}`}>
          {shade === shadeCount - 1 ? `${text(shade)} to ${text(shade + 1)}` : `from ${text(shade)}`}
        </span>
      ))}
    </p>
  )
}

/** Whether somebody should look at a cell. */
function isRemarkable(cell: SweepCell): boolean {
  const isFine = cell.outcome === 'passed' || cell.outcome === 'skipped'
  return !isFine || cell.flaky || changesOf(cell).some(({ kind }) => kind !== 'new')
}
