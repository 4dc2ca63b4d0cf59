import type { Track } from './tracks.ts'

/** Sizes of a track's drawing, all in pixels. */
export interface Geometry {
  /** Of the whole drawing. */
  width: number
  pixelsPerSecond: number
  /** Distance between the tops of two lanes, and height of a bar. */
  lane: number
  bar: number
  /** Top of the first lane; above it stands the axis. */
  top: number
  /** Bottom of the last lane. */
  bottom: number
}

/** Blank on both sides of the drawing. */
export const margin = 10
const axisHeight = 26
/** Browsers draw nothing precisely on wider ones. */
const widest = 120_000

/**
 * @param box width of what the drawing is seen through
 * @param zoom 1: all of it is seen
 * @param seconds that are as wide as the box at zoom 1
 */
export function geometryOf(
  track: Track,
  box: number,
  { zoom, seconds }: { zoom: number; seconds: number },
): Geometry {
  const plot = Math.min(widest, Math.max(1, box - 2 * margin) * zoom)
  const lane = track.lanes <= 24 ? 26 : track.lanes <= 80 ? 18 : 12
  const pixelsPerSecond = plot / Math.max(seconds, 0.001)
  return {
    width: plot + 2 * margin,
    pixelsPerSecond,
    lane,
    bar: lane - 4,
    top: axisHeight,
    bottom: axisHeight + track.lanes * lane,
  }
}

/** Where a moment of the run is drawn. */
export function xOf({ pixelsPerSecond }: Pick<Geometry, 'pixelsPerSecond'>, at: number): number {
  return margin + at * pixelsPerSecond
}

/** How far one can zoom in: a second a hundred pixels wide shows all there is. */
export function mostZoom(box: number, seconds: number): number {
  return Math.max(1, Math.min((seconds * 100) / box, widest / box))
}
