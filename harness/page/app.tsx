import type { PageData } from './data.ts'
import { SweepMatrix } from './views/matrix.tsx'
import { Timeline } from './views/timeline.tsx'
import { Trends } from './views/trends.tsx'

/** The whole page. */
export function App({ data }: { data: PageData }) {
  return (
    <main>
      <h1>{data.run.id}</h1>
      <p>{data.ending}</p>
      <ul>
        {data.checks.map((check) => (
          <li key={check.title}>
            {check.title} {check.outcome}
          </li>
        ))}
      </ul>
      <Timeline data={data} />
      <SweepMatrix data={data} />
      <Trends data={data} />
    </main>
  )
}
