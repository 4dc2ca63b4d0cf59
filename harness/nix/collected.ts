import { existsSync } from 'node:fs'
import type { Instance } from '../model/plan.ts'
import type { DescribeContext } from './describe.ts'
import { evaluateCheck } from './evaluate.ts'

/**
 * Evaluates a check again when its derivation has gone: nothing in the store refers to that of a check which
 * waits for its turn, so that a garbage collector (a nightly one, `min-free`) may take it.
 */
export async function restoreDerivation(
  { host, set, memoryMiB, profile }: DescribeContext,
  { check, metadata }: Instance,
  signal: AbortSignal,
): Promise<void> {
  const paths = [metadata?.derivation?.path, metadata?.driverDerivation]
  const isGone = paths.some((path) => path && !existsSync(`${host.storeRoot}${path}`))
  if (isGone) await evaluateCheck(host, set, check.name, { memoryMiB, signal, profile })
}
