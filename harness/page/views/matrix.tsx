import type { PageData } from '../data.ts'

/** The matrix of a sweep as a heat map. */
export function SweepMatrix(_: { data: PageData }) {
  return null
}
