import { plainText } from '../../log/nix-text.ts'
import type { LastError } from '../../log/told-verdict.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import { errorMessage, nameOf } from './error-text.ts'
import type { ScriptError, ScriptFrame } from './fact.ts'

/** The error that ended a script, as reading the traceback that the log shows of it would tell it. */
export function lastErrorOf({ error, frames }: ScriptError): LastError {
  const inner = frames.findLastIndex((one) => !one.inDriver)
  const isDemand = error instanceof RequestedAssertionFailed
  return {
    exception: nameOf(error),
    message: errorMessage(error),
    frames: frames.filter((one) => !one.inDriver).map(frameText),
    scriptLine: frames[inner]?.line ?? null,
    // The log leaves the driver's frames out where the script demanded too much.
    inDriver: !isDemand && inner < frames.length - 1,
  }
}

function frameText(frame: ScriptFrame): string {
  const place = `File "${frame.file}", line ${frame.line}, in ${frame.function ?? '<module>'}`
  return plainText(frame.source === null ? place : `${place}: ${frame.source}`)
}
