import { existsSync } from 'node:fs'
import pLimit from 'p-limit'
import type { DescribedCheck, ListedCheck } from '../model/check.ts'
import { contentHash } from '../process/content-hash.ts'
import { readDerivationFile } from './derivation-file.ts'
import { evaluateCheck } from './evaluate.ts'
import type { NixProfile } from './expressions.ts'
import type { RawFacts } from './facts.ts'
import { contentOf, identityOf } from './identity.ts'
import { metadataOf } from './metadata.ts'
import type { NixHost } from './nix-host.ts'
import type { EvaluationResult, Remembered } from './remembered.ts'
import type { CheckSet } from './target.ts'

/** What evaluating needs beside the host. */
export interface DescribeContext {
  host: NixHost
  set: CheckSet
  /** Of the set when it was first asked for; see `identityOf`. */
  identity: string | null
  remembered: Remembered
  /** Evaluations at a time. */
  jobs: number
  memoryMiB: number
  note(text: string): void
  /** That the checks shall run under; null: none. */
  profile: NixProfile | null
}

/** Evaluates checks, each in its own process, unless an earlier result still holds; in the order of completion. */
export async function* describeChecks(
  context: DescribeContext,
  checks: ListedCheck[],
  signal: AbortSignal,
): AsyncGenerator<DescribedCheck> {
  const fresh: ({ key: string } & EvaluationResult)[] = []
  const unknown: ListedCheck[] = []
  for (const check of checks) {
    const known = recall(context, check)
    if (known) yield known
    else unknown.push(check)
  }
  const abandoned = new AbortController()
  const stop = AbortSignal.any([signal, abandoned.signal])
  const limit = pLimit(context.jobs)
  const running = unknown.map((check) => limit(() => evaluate(context, check, stop)))
  try {
    for await (const result of inOrderOfCompletion(running)) {
      if (result?.evaluated) fresh.push({ key: keyOf(context, result.described), ...result.evaluated })
      if (result) yield result.described
    }
  } finally {
    abandoned.abort()
  }
  if (!signal.aborted) await keepUnlessEdited(context, fresh)
}

function recall(context: DescribeContext, check: ListedCheck): DescribedCheck | null {
  if (context.identity === null) return null
  const facts = context.remembered.find(keyOf(context, check)) as RawFacts | undefined
  // The garbage collector may have taken the derivation since.
  if (!facts || !existsSync(`${context.host.storeRoot}${facts.derivation}`)) return null
  return describedBy(context, check, facts)
}

interface Evaluated {
  described: DescribedCheck
  /** null when it failed: errors are not remembered. */
  evaluated: EvaluationResult | null
}

async function evaluate(
  context: DescribeContext,
  check: ListedCheck,
  signal: AbortSignal,
): Promise<Evaluated | null> {
  if (signal.aborted) return null
  const { host, set, memoryMiB, profile } = context
  context.note(`evaluating ${check.name}`)
  const startedAt = Date.now()
  const result = await evaluateCheck(host, set, check.name, { memoryMiB, signal, profile })
  switch (result.type) {
    case 'aborted':
      return null
    case 'failed':
      return { described: { ...check, metadata: null, error: result.error }, evaluated: null }
    case 'evaluated': {
      const { value, files } = result
      return { described: describedBy(context, check, value), evaluated: { value, files, startedAt } }
    }
  }
}

function describedBy(context: DescribeContext, check: ListedCheck, facts: RawFacts): DescribedCheck {
  try {
    const file = readDerivationFile(facts.derivation, context.host.storeRoot)
    return { ...check, metadata: metadataOf(facts, file), error: null }
  } catch (error) {
    const message = `its derivation cannot be read: ${error instanceof Error ? error.message : error}`
    return { ...check, metadata: null, error: { message, details: [] } }
  }
}

/** The tree may have been edited while Nix evaluated; then it is not known which state the results belong to. */
export async function keepUnlessEdited(
  { host, set, identity, remembered }: DescribeContext,
  results: ({ key: string } & EvaluationResult)[],
) {
  // A plain file that Nix does not list as read gives nothing to compare later.
  const kept = results.filter(({ files }) => set.type === 'flake' || files.length > 0)
  if (identity === null || kept.length === 0) return
  const content = await contentOf(set, host.nix, host.options)
  if (identityOf(host, set, content) !== identity) return
  for (const { key, ...result } of kept) remembered.keep(key, result)
}

function keyOf({ identity, profile }: DescribeContext, check: ListedCheck): string {
  const under = profile === null ? '' : ` under ${contentHash(JSON.stringify(profile))}`
  return `check ${identity} ${check.name}${under}`
}

async function* inOrderOfCompletion<T>(promises: Promise<T>[]): AsyncGenerator<T> {
  const pending = new Map(
    promises.map((promise, index) => [index, promise.then((value) => ({ index, value }))]),
  )
  while (pending.size > 0) {
    const { index, value } = await Promise.race(pending.values())
    pending.delete(index)
    yield value
  }
}
