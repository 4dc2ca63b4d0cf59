import type { PageData } from '../data.ts'

/** How checks fared over past runs. */
export function Trends(_: { data: PageData }) {
  return null
}
