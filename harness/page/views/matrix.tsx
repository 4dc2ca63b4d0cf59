import type { MatrixReport } from '../../model/sweep.ts'
import type { PageData } from '../data.ts'
import { Checks } from './check-links.tsx'
import { ChangeList } from './matrix/change-list.tsx'
import { type FindCheck, HeatMap } from './matrix/heat-map.tsx'
import { SearchCharts } from './search/search-charts.tsx'

/** The matrix of a sweep as a heat map, or where a search ended; nothing for a run that was no sweep. */
export function SweepMatrix({ data: { sweep, checks } }: { data: PageData }) {
  if (sweep === null) return null
  const positions = new Map(checks.map(({ name, profile }, index) => [cellKey(name ?? '', profile), index]))
  const find: FindCheck = ({ check, profile }) => positions.get(cellKey(check, profile)) ?? null
  switch (sweep.type) {
    case 'search':
      return <SearchCharts report={sweep} />
    case 'profiles':
      return (
        <Checks.Provider value={checks}>
          {/* What is new is why most people look at a sweep; with nothing to compare there is only that to say. */}
          {sweep.against !== null && <ChangeList report={sweep} find={find} checks={checks} />}
          <HeatMap report={sweep} find={find} />
          {sweep.against === null && <ChangeList report={sweep} find={find} checks={checks} />}
          <Method report={sweep} />
        </Checks.Provider>
      )
  }
}

function cellKey(check: string, profile: string | null): string {
  return JSON.stringify([check, profile])
}

/** What the numbers mean, and how much they can tell. */
function Method({ report: { baseline, test, cells } }: { report: MatrixReport }) {
  const compared = cells.filter(({ outcome }) => outcome === 'passed')
  const little = compared.filter(({ drift }) => drift === null).length
  return (
    <p class="matrix-method">
      {baseline === null
        ? 'No slow-downs are told: the sweep has no profile baseline to compare with. '
        : `×: time over that under ${baseline}, of checks that passed under both. `}
      Slower, faster and changed hold the newest {test.newest} attempts that passed against those before them,
      under the same accelerator: {test.name}, at level {test.level * 100} %.
      {little > 0 &&
        ` ${little} of ${compared.length} cells have fewer than ${test.leastAttempts} such attempts: nothing is claimed about them.`}
    </p>
  )
}
