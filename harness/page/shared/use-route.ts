import { useEffect, useState } from 'preact/hooks'
import type { CheckSummary } from '../data.ts'
import { type Route, routeOf } from '../routes.ts'

/** The route that the address names, now and whenever it changes. */
export function useRoute(checks: readonly CheckSummary[]): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash, checks))
  useEffect(() => {
    const follow = () => setRoute(routeOf(location.hash, checks))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [checks])
  return route
}
