import type { PageData } from '../data.ts'
import { hrefOf, type RunView as Tab } from '../routes.ts'
import { SweepMatrix } from '../views/matrix.tsx'
import { Timeline } from '../views/timeline.tsx'
import { Trends } from '../views/trends.tsx'
import { CheckList } from './check-list.tsx'
import { RunFacts } from './run-facts.tsx'
import { Verdict } from './verdict.tsx'

const tabNames: Record<Tab, string> = {
  checks: 'Checks',
  timeline: 'Timeline',
  matrix: 'Sweep',
  history: 'History',
}

/** The run as a whole. */
export function RunView({ data, tab }: { data: PageData; tab: Tab | null }) {
  const tabs = tabsOf(data)
  const shown = tab && tabs.includes(tab) ? tab : data.sweep ? 'matrix' : 'checks'
  return (
    <>
      <Verdict data={data} />
      <RunFacts data={data} />
      <nav class="tabs" aria-label="Views of this run">
        {tabs.map((one) => (
          <a
            key={one}
            href={hrefOf({ view: 'run', tab: one }, data.checks)}
            aria-current={one === shown ? 'page' : undefined}
          >
            {tabNames[one]}
          </a>
        ))}
      </nav>
      <section aria-label={tabNames[shown]}>
        <TabContent data={data} tab={shown} />
      </section>
    </>
  )
}

function TabContent({ data, tab }: { data: PageData; tab: Tab }) {
  switch (tab) {
    case 'checks':
      return <CheckList data={data} />
    case 'timeline':
      return <Timeline data={data} />
    case 'matrix':
      return <SweepMatrix data={data} />
    case 'history':
      return <Trends data={data} />
  }
}

/** A view with nothing to show is not offered. */
function tabsOf({ checks, sweep, history }: PageData): Tab[] {
  return [
    ...(sweep ? (['matrix'] as const) : []),
    'checks',
    ...(checks.some(({ startedAt, earlier }) => startedAt !== null || earlier.length > 0)
      ? (['timeline'] as const)
      : []),
    ...(history.length > 0 ? (['history'] as const) : []),
  ]
}
