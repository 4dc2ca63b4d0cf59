import type { ExitCode } from '../model/exit-code.ts'
import type { ReportArguments } from './arguments.ts'
export async function report(_args: ReportArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
