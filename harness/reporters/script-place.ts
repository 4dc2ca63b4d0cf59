import { posix, relative } from 'node:path'
import type { CheckReport } from '../model/report.ts'

/** A place in a file of the project that a CI system can point at. */
export interface ScriptPlace {
  /** From the project's folder, with slashes. */
  file: string
  /** 1-based; null where no frame tells. */
  line: number | null
}

// A frame of the script as a driver tells it, NixOS's and ours:
// File "<string>", line 12, in <module>: machine.succeed("true")
// File "suites/vm/web.ts", line 12, in body: await machine.succeed('true')
const scriptFrame = /^\s*File "[^"]*", line (\d+),/

/**
 * Where in its suite a check failed. Scripts of NixOS tests are texts in Nix expressions, which know nothing of files.
 *
 * @param project absolute folder of the checkout
 * @returns null when that is no file of the project
 */
export function placeOfFailure(
  { suiteFile, failure }: Pick<CheckReport, 'suiteFile' | 'failure'>,
  project: string,
): ScriptPlace | null {
  const file = suiteFile === undefined ? null : pathInside(project, suiteFile)
  if (file === null) return null
  return { file, line: failure && lineOf(failure, file) }
}

/** The innermost frame, or what is told of a suite that cannot be loaded: `suites/vm/a.ts:6: Could not resolve ...` */
function lineOf({ traceback, message }: NonNullable<CheckReport['failure']>, file: string): number | null {
  const frames = traceback.flatMap((frame) => scriptFrame.exec(frame)?.[1] ?? [])
  const line = Number.parseInt(frames.at(-1) ?? message.split(`${file}:`)[1] ?? '', 10)
  return line > 0 ? line : null
}

/** @returns the path as seen from the folder, with slashes; null when it does not lie in it */
export function pathInside(folder: string, path: string): string | null {
  const inside = relative(folder, path)
  const isOutside = inside === '' || inside === '..' || inside.startsWith('../') || posix.isAbsolute(inside)
  return isOutside ? null : inside
}
