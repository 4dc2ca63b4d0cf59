import type { ExitCode } from '../model/exit-code.ts'
import type { ListArguments } from './arguments.ts'
export async function list(_args: ListArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
