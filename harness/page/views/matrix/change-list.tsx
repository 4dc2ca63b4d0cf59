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
  const groups = grouped(told, (cell) => oneLine(checks[find(cell) ?? -1]?.why ?? ''))
  const { shown, button } = useMore(groups.length, portion)
  return (
    <div class="matrix-changes">
      <h2>{against === null ? 'Changes' : `Changes since ${oneLine(against)}`}</h2>
      {against === null && <p>There is no earlier sweep: no change of outcomes can be told.</p>}
      {told.length === 0 && against !== null && <p>No outcome, time or metric has changed beyond noise.</p>}
      {told.length > 0 && (
        <ul>
          {groups.slice(0, shown).map(({ change, cells: alike, why }) => (
            <li key={alike.map((cell) => `${cell.check}@${cell.profile} ${change.words}`).join()}>
              <span class={`matrix-change matrix-${change.kind}`}>{change.words}</span>{' '}
              {alike.map((cell, at) => (
                <span key={cell.profile}>
                  {at > 0 && ', '}
                  <CellName cell={cell} check={find(cell)} isShort={at > 0} />
                </span>
              ))}
              {change.detail !== '' && ` (${change.detail})`}
              {why !== '' && <p class="matrix-why">{why}</p>}
            </li>
          ))}
        </ul>
      )}
      {button}
      {fresh > 0 && <p>{fresh} cells are new: the sweep before had none like them.</p>}
    </div>
  )
}

interface ChangeGroup {
  change: Change
  /** Of one check. */
  cells: SweepCell[]
  /** Why all of them fail; empty for other changes. */
  why: string
}

/** A check that newly fails for one reason under many profiles is one thing to look at. */
function grouped(
  told: readonly { cell: SweepCell; change: Change }[],
  whyOf: (cell: SweepCell) => string,
): ChangeGroup[] {
  const groups: ChangeGroup[] = []
  for (const { cell, change } of told) {
    const why = change.kind === 'newly-failing' ? whyOf(cell) : ''
    const last = groups.at(-1)
    if (why !== '' && last?.why === why && last.cells[0]?.check === cell.check) last.cells.push(cell)
    else groups.push({ change, cells: [cell], why })
  }
  return groups
}

/** @param isShort the check was just named */
function CellName({ cell, check, isShort }: { cell: SweepCell; check: number | null; isShort: boolean }) {
  const profile = cell.profile === null ? '' : `@ ${cell.profile}`
  const name = oneLine(isShort ? profile : `${cell.check} ${profile}`)
  return <CheckLink check={check}>{name}</CheckLink>
}
