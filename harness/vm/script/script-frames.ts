import type { ScriptFrame } from '../record/fact.ts'

/** The test script's source, to find its frames in a stack and to quote its lines. */
export interface ScriptSource {
  /** Last part of its path, such as `boots.ts`. */
  fileName: string
  /** What tracebacks call it: its path, or `<string>` as NixOS's driver does. */
  shownAs: string
  lines: string[]
}

//     at async succeedTwice (/build/source/suites/self/checks/boots.ts:12:5)
//     at async file:///build/source/suites/self/checks/boots.ts:7:3
const frame = /^\s+at (?:async )?(?:(\S.*?) \()?(?:file:\/\/)?([^()]*?):(\d+):\d+\)?$/

//     at async runScript (/build/source/harness/vm/driver.ts:99:13)
const driverPath = /\/harness\/vm\/(?:[\w-]+\/)*([\w-]+\.ts)$/

/** What a timer of the script throws has come past the function that calls the script. */
const outermost = {
  file: driverPlace('driver.ts'),
  inDriver: true,
  line: 1,
  function: 'test_script',
  source: null,
}

/** By these names of the NixOS driver, readers of a log tell the driver's own traceback from any other. */
const driverFunctions: Record<string, string> = { runScript: 'test_script' }

/**
 * Frames of an error that lie in the test script or in the driver, innermost last.
 * @param origin where the step was begun that failed with it: where promises run side by side, stacks lose the script
 */
export function framesOf(error: Error, origin: Error | null, source: ScriptSource): ScriptFrame[] {
  const own = scriptFrames(error, source)
  const isLost = origin !== null && own.every(({ inDriver }) => inDriver)
  const script = isLost ? scriptFrames(origin, source) : []
  const last = script.findLastIndex(({ inDriver }) => !inDriver)
  const frames = [...script.slice(0, last + 1), ...own]
  return frames.some((one) => one.function === outermost.function) ? frames : [outermost, ...frames]
}

/** Frames of an error's stack that lie in the test script or in the driver, innermost last. */
export function scriptFrames(error: Error, source: ScriptSource): ScriptFrame[] {
  const { stack, message } = error
  // Its words come first, and may hold anything.
  const frames = String(stack ?? '').slice(Math.max(0, String(stack).indexOf(message)) + message.length)
  return frames
    .split('\n')
    .flatMap((text) => frameOf(text, source))
    .reverse()
}

function frameOf(text: string, { fileName, shownAs, lines }: ScriptSource): ScriptFrame[] {
  const match = frame.exec(text)
  const [, name, path = '', lineText] = match ?? []
  const line = Number(lineText)
  if (path.endsWith(`/${fileName}`)) {
    const source = lines[line - 1]?.trim() ?? null
    return [{ file: shownAs, inDriver: false, line, function: scriptFunction(name), source }]
  }
  const driverFile = driverPath.exec(path)?.[1]
  if (driverFile === undefined) return []
  const inner = name?.split('.').at(-1) ?? '<anonymous>'
  return [
    {
      file: driverPlace(driverFile),
      inDriver: true,
      line,
      function: driverFunctions[inner] ?? inner,
      source: null,
    },
  ]
}

/** The NixOS driver's package has this name, too. */
function driverPlace(file: string): string {
  return `test_driver/${file}`
}

/** The script itself and its blocks have no name of their own. */
function scriptFunction(name: string | undefined): string | null {
  return name === undefined || /<anonymous>|^(default|script)$|^Object\./.test(name) ? null : name
}
