import type { ScriptFrame } from './driver-log.ts'

/** The test script's source, to find its frames in a stack and to quote its lines. */
export interface ScriptSource {
  /** Last part of its path, such as `boots.ts`. */
  fileName: string
  lines: string[]
}

//     at async succeedTwice (/build/source/suites/self/checks/boots.ts:12:5)
//     at async file:///build/source/suites/self/checks/boots.ts:7:3
const frame = /^\s+at (?:async )?(?:(\S.*?) \()?(?:file:\/\/)?([^()]*?):(\d+):\d+\)?$/

/** Frames of an error's stack that lie in the test script, innermost last. Frames of the driver say nothing to a reader. */
export function scriptFrames(error: Error, source: ScriptSource): ScriptFrame[] {
  const stack = (error.stack ?? '').split('\n')
  return stack.flatMap((text) => frameOf(text, source)).reverse()
}

function frameOf(text: string, { fileName, lines }: ScriptSource): ScriptFrame[] {
  const match = frame.exec(text)
  if (!match?.[2]?.endsWith(`/${fileName}`)) return []
  const line = Number(match[3])
  return [{ line, function: functionName(match[1]), source: lines[line - 1]?.trim() ?? null }]
}

/** The script itself and its blocks have no name of their own. */
function functionName(name: string | undefined): string | null {
  return name === undefined || /<anonymous>|^(default|script)$|^Object\./.test(name) ? null : name
}
