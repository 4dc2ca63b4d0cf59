import type { ExitCode } from '../model/exit-code.ts'
import type { DoctorArguments } from './arguments.ts'
export async function doctor(_args: DoctorArguments): Promise<ExitCode> {
  throw new Error('not built yet')
}
