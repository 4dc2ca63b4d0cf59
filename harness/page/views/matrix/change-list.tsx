import type { MatrixReport, SweepCell } from '../../../model/sweep.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import type { CheckSummary } from '../../data.ts'
import { CheckLink } from '../check-links.tsx'
import { useMore } from '../more.tsx'
import { type Change, changesOf } from './changes.ts'
import type { FindCheck } from './heat-map.tsx'

const kinds: readonly Change['kind'][] = [
  'newly-failing',
  'slower',
  'changed',
  'newly-passing',
  'faster',
  'new',
]

/** Drawn at once: the matrix shall stay in sight. */
const portion = 12

/** What is not as it was in the sweep before, the worst first. */
export function ChangeList({
  report: { cells, against },
  find,
  checks,
}: {
  report: MatrixReport
  find: FindCheck
  checks: readonly CheckSummary[]
}) {
  const changes = cells.flatMap((cell) => changesOf(cell).map((change) => ({ cell, change })))
  const told = changes
    .filter(({ change }) => change.kind !== 'new')
    .sort((a, b) => kinds.indexOf(a.change.kind) - kinds.indexOf(b.change.kind))
  const fresh = changes.length - told.length
  const { shown, button } = useMore(told.length, portion)
  return (
    <div class="matrix-changes">
      <h2>{against === null ? 'Changes' : `Changes since ${oneLine(against)}`}</h2>
      {against === null && <p>There is no earlier sweep: no change of outcomes can be told.</p>}
      {told.length === 0 && against !== null && <p>No outcome, time or metric has changed beyond noise.</p>}
      {told.length > 0 && (
        <ul>
          {told.slice(0, shown).map(({ cell, change }) => (
            <li key={`${cell.check}@${cell.profile} ${change.words}`}>
              <span class={`matrix-change matrix-${change.kind}`}>{change.words}</span>{' '}
              <CellName cell={cell} check={find(cell)} />
              {change.detail !== '' && ` (${change.detail})`}
              {change.kind === 'newly-failing' && (
                <p class="matrix-why">{oneLine(checks[find(cell) ?? -1]?.why ?? '')}</p>
              )}
            </li>
          ))}
        </ul>
      )}
      {button}
      {fresh > 0 && <p>{fresh} cells are new: the sweep before had none like them.</p>}
    </div>
  )
}

function CellName({ cell, check }: { cell: SweepCell; check: number | null }) {
  const name = oneLine(cell.profile === null ? cell.check : `${cell.check} @ ${cell.profile}`)
  return <CheckLink check={check}>{name}</CheckLink>
}
