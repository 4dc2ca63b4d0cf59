import { useEffect, useRef } from 'preact/hooks'
import { CheckView } from './check/check-view.tsx'
import type { PageData } from './data.ts'
import { LogView } from './log/log-view.tsx'
import { hrefOf, type Route } from './routes.ts'
import { RunView } from './run/run-view.tsx'
import { ThemeSwitch } from './shared/theme-switch.tsx'
import { useRoute } from './shared/use-route.ts'

/** The whole page. */
export function App({ data }: { data: PageData }) {
  const route = useRoute(data.checks)
  useFocusOnHeading(hrefOf({ ...route, ...('line' in route && { line: null }) } as Route, data.checks))
  return (
    <>
      <header class="top">
        <a class="brand" href="#">
          vmproof
        </a>
        <span class="run-id">{data.run.id}</span>
        <ThemeSwitch />
      </header>
      <main id="main">
        <View data={data} route={route} />
      </main>
    </>
  )
}

function View({ data, route }: { data: PageData; route: Route }) {
  switch (route.view) {
    case 'run':
      return <RunView data={data} tab={route.tab} />
    case 'check':
      return <CheckView key={route.check} data={data} n={route.check} />
    case 'log':
      return (
        <LogView
          key={`${route.check}/${route.attempt}`}
          data={data}
          n={route.check}
          attempt={route.attempt}
          line={route.line}
        />
      )
  }
}

/** Whoever follows a link begins to read at the top of what it led to, with eyes or ears. */
function useFocusOnHeading(place: string): void {
  const before = useRef(place)
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    // Tabs of the run's view keep the focus.
    if (document.activeElement?.closest('.tabs')) return
    scrollTo(0, 0)
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [place])
}
