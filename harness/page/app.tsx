import { CheckView } from './check/check-view.tsx'
import type { PageData } from './data.ts'
import { LogView } from './log/log-view.tsx'
import { hrefOf, type Route } from './routes.ts'
import { RunView } from './run/run-view.tsx'
import { Guarded } from './shared/guarded.tsx'
import { ThemeSwitch } from './shared/theme-switch.tsx'
import { usePlace } from './shared/use-place.ts'
import { useRoute } from './shared/use-route.ts'

/** The whole page. */
export function App({ data }: { data: PageData }) {
  const route = useRoute(data.checks)
  usePlace(placeOf(route, data), titleOf(route, data))
  return (
    <>
      <header class="top">
        <a class="brand" href={hrefOf({ view: 'run', tab: null }, data.checks)}>
          vmproof
        </a>
        <span class="run-id">{data.run.id}</span>
        <ThemeSwitch />
      </header>
      <main id="main">
        <Guarded key={route.view === 'run' ? 'run' : placeOf(route, data)}>
          <View data={data} route={route} />
        </Guarded>
      </main>
    </>
  )
}

function View({ data, route }: { data: PageData; route: Route }) {
  switch (route.view) {
    case 'run':
      return <RunView data={data} tab={route.tab} />
    case 'check':
      return <CheckView data={data} n={route.check} />
    case 'log':
      return <LogView data={data} n={route.check} attempt={route.attempt} line={route.line} />
  }
}

/** What a view is of: lines of one log are the same place. */
function placeOf(route: Route, { checks }: PageData): string {
  return hrefOf(route.view === 'log' ? { ...route, line: null } : route, checks)
}

const runTitle = document.title

function titleOf(route: Route, { checks }: PageData): string {
  if (route.view === 'run') return runTitle
  const title = checks[route.check]?.title ?? ''
  return `${route.view === 'log' ? 'Log of ' : ''}${title} · ${runTitle}`
}
