import type { ExitCode } from '../model/exit-code.ts'
import type { SetupArguments } from './arguments.ts'
export async function setup(_args: SetupArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
