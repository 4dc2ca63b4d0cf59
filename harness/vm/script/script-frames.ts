import type { ScriptFrame } from '../record/test-recorder.ts'

/** The test script's source, to find its frames in a stack and to quote its lines. */
export interface ScriptSource {
  /** Last part of its path, such as `boots.ts`. */
  fileName: string
  lines: string[]
}

//     at async succeedTwice (/build/source/suites/self/checks/boots.ts:12:5)
//     at async file:///build/source/suites/self/checks/boots.ts:7:3
const frame = /^\s+at (?:async )?(?:(\S.*?) \()?(?:file:\/\/)?([^()]*?):(\d+):\d+\)?$/

//     at async runScript (/build/source/harness/vm/driver.ts:99:13)
const driverPath = /\/harness\/vm\/(?:[\w-]+\/)*([\w-]+\.ts)$/

/** By these names of the NixOS driver, readers of a log tell the driver's own traceback from any other. */
const driverFunctions: Record<string, string> = { runScript: 'test_script' }

/** Frames of an error's stack that lie in the test script or in the driver, innermost last. */
export function scriptFrames(error: Error, source: ScriptSource): ScriptFrame[] {
  const stack = (error.stack ?? '').split('\n')
  return stack.flatMap((text) => frameOf(text, source)).reverse()
}

function frameOf(text: string, { fileName, lines }: ScriptSource): ScriptFrame[] {
  const match = frame.exec(text)
  const [, name, path = '', lineText] = match ?? []
  const line = Number(lineText)
  if (path.endsWith(`/${fileName}`)) {
    const source = lines[line - 1]?.trim() ?? null
    return [{ driverFile: null, line, function: scriptFunction(name), source }]
  }
  const driverFile = driverPath.exec(path)?.[1]
  if (driverFile === undefined) return []
  const inner = name?.split('.').at(-1) ?? '<anonymous>'
  return [{ driverFile, line, function: driverFunctions[inner] ?? inner, source: null }]
}

/** The script itself and its blocks have no name of their own. */
function scriptFunction(name: string | undefined): string | null {
  return name === undefined || /<anonymous>|^(default|script)$|^Object\./.test(name) ? null : name
}
