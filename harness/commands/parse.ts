import type { ExitCode } from '../model/exit-code.ts'
import type { ParseArguments } from './arguments.ts'
export async function parse(_args: ParseArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
