import type { SweepCell } from '../../../model/sweep.ts'
import { formatSeconds } from '../../../model/units.ts'
import { outcomeLooks } from '../../../reporters/style.ts'
import { CheckLink } from '../check-links.tsx'
import type { Change } from './changes.ts'
import type { Measure, Scale } from './shades.ts'

/** A check under a profile: what it came to, the value that shades it, and what has changed. */
export function MatrixCell({
  cell,
  check,
  changes,
  measure,
  scale,
}: {
  cell: SweepCell
  /** Its position in the report; null when it is not there. */
  check: number | null
  /** That shall be told. */
  changes: readonly Change[]
  measure: Measure
  scale: Scale | null
}) {
  const value = measure.valueOf(cell)
  const shade = value === null || scale === null ? 'none' : scale.shadeOf(value)
  return (
    <td class={`matrix-cell outcome-${cell.outcome} matrix-shade-${shade}`}>
      <CheckLink check={check}>
        <CellContent cell={cell} value={value} measure={measure} changes={changes} />
      </CheckLink>
    </td>
  )
}

function CellContent({
  cell,
  value,
  measure,
  changes,
}: {
  cell: SweepCell
  value: number | null
  measure: Measure
  changes: readonly Change[]
}) {
  const { outcome, flaky, seconds } = cell
  const look = outcomeLooks[outcome]
  const isTimed = outcome === 'passed' && seconds !== null
  const isShown = measure.id === 'time' && isTimed
  return (
    <>
      <span class="matrix-outcome">
        <span aria-hidden="true">{look.mark} </span>
        {isTimed ? (
          <>
            <span class="unseen">passed in </span>
            {formatSeconds(seconds)}
          </>
        ) : (
          look.words
        )}
      </span>
      {value !== null && !isShown && <span class="matrix-value">{measure.textOf(value)}</span>}
      {flaky && <span class="matrix-change matrix-flaky">flaky</span>}
      {changes.map(({ kind, words }) => (
        <span key={words} class={`matrix-change matrix-${kind}`}>
          {words}
        </span>
      ))}
    </>
  )
}
