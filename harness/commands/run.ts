import type { ExitCode } from '../model/exit-code.ts'
import type { RunArguments } from './arguments.ts'
export async function run(_args: RunArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
