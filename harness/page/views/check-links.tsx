import { type ComponentChildren, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { CheckSummary } from '../data.ts'
import { hrefOf } from '../routes.ts'

/** The checks of the page, for whatever links to one. */
export const Checks = createContext<readonly CheckSummary[]>([])

/** A link to a check's own view. @param check its place among the checks; null: there is none, and no link */
export function CheckLink({ check, children }: { check: number | null; children: ComponentChildren }) {
  const href = useCheckHref()
  return check === null ? <span>{children}</span> : <a href={href(check)}>{children}</a>
}

/** For links that are more than text. */
export function useCheckHref(): (check: number) => string {
  const checks = useContext(Checks)
  return (check) => hrefOf({ view: 'check', check }, checks)
}
