import type { MatrixReport, SweepCell } from '../../../model/sweep.ts'
import { oneLine } from '../../../reporters/safe-text.ts'
import { CheckLink } from '../check-links.tsx'
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

/** What is not as it was in the sweep before, the worst first. */
export function ChangeList({ report: { cells, against }, find }: { report: MatrixReport; find: FindCheck }) {
  const changes = cells.flatMap((cell) => changesOf(cell).map((change) => ({ cell, change })))
  const told = changes
    .filter(({ change }) => change.kind !== 'new')
    .sort((a, b) => kinds.indexOf(a.change.kind) - kinds.indexOf(b.change.kind))
  const fresh = changes.length - told.length
  return (
    <div class="matrix-changes">
      <h2>{against === null ? 'Changes' : `Changes since ${oneLine(against)}`}</h2>
      {against === null && <p>There is no earlier sweep: no change of outcomes can be told.</p>}
      {told.length === 0 && against !== null && <p>No outcome, time or metric has changed beyond noise.</p>}
      {told.length > 0 && (
        <ul>
          {told.map(({ cell, change }) => (
            <li key={`${cell.check}@${cell.profile} ${change.words}`}>
              <span class={`matrix-change matrix-${change.kind}`}>{change.words}</span>{' '}
              <CellName cell={cell} check={find(cell)} />
              {change.detail !== '' && ` (${change.detail})`}
            </li>
          ))}
        </ul>
      )}
      {fresh > 0 && <p>{fresh} cells are new: the sweep before had none like them.</p>}
    </div>
  )
}

function CellName({ cell, check }: { cell: SweepCell; check: number | null }) {
  const name = oneLine(cell.profile === null ? cell.check : `${cell.check} @ ${cell.profile}`)
  return <CheckLink check={check}>{name}</CheckLink>
}
