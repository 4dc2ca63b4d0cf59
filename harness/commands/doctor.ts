import { type CiJob, detectCi } from '../ci/detect.ts'
import type { RunnerAdvice } from '../ci/runner-advice.ts'
import { examine } from '../host/examine.ts'
import { type HostNeed, isReady, missingOf, type NeedState } from '../host/need.ts'
import { readPlatform } from '../host/platform.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { CheckKind } from '../model/outcome.ts'
import type { DoctorArguments } from './arguments.ts'
import { expectedKinds } from './expected-kinds.ts'
import { catchSignals } from './interruption.ts'
import { adviseOnRunner } from './runner.ts'
import { print } from './standard-streams.ts'

const marks: Record<NeedState, string> = { ok: '✓', missing: '✗', limited: '!' }

/** What was found, and who asked. */
interface Findings {
  platform: string
  kinds: CheckKind[]
  /** --kind, as typed. */
  asked: CheckKind | undefined
  needs: HostNeed[]
  /** The job that it runs in, and what its runner lacks; null outside of CI. */
  ci: { job: CiJob; advice: RunnerAdvice[] } | null
}

/** Says what this host can do. Exit code 4 when something is missing without which checks cannot run. */
export async function doctor({ json, kind }: DoctorArguments): Promise<ExitCode> {
  const platform = readPlatform()
  const kinds = await expectedKinds(kind)
  const interruption = catchSignals()
  try {
    const needs = await examine(platform, { kinds, afresh: true, signal: interruption.signal })
    const cause = interruption.cause()
    if (cause) return cause === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    const job = detectCi(process.env)
    const ci = job && { job, advice: await adviseOnRunner(job, { platform, kinds, needs }) }
    const findings = { platform: platform.name, kinds, asked: kind, needs, ci }
    print(json ? `${JSON.stringify(asJson(findings), null, 2)}\n` : asText(findings))
    return isReady(needs) ? exitCodes.passed : exitCodes.infrastructure
  } finally {
    interruption.release()
  }
}

function asJson({ platform, kinds, needs, ci }: Findings) {
  const ofKind = (kind: CheckKind) => {
    const missing = missingOf(needsOf(needs, kind)).map(({ id }) => id)
    return [kind, { ready: missing.length === 0, missing }]
  }
  return {
    schema: 1,
    ready: isReady(needs),
    platform,
    kinds: Object.fromEntries(kinds.map(ofKind)),
    needs: needs.map(({ remedy, ...need }) => ({ ...need, setup: remedy !== null })),
    ci: ci && { system: ci.job.system, title: ci.job.title, because: ci.job.because, advice: ci.advice },
  }
}

function needsOf(needs: HostNeed[], kind: CheckKind): HostNeed[] {
  return needs.filter(({ kinds }) => kinds.includes(kind))
}

function asText({ platform, kinds, asked, needs, ci }: Findings): string {
  const width = Math.max(...needs.map((need) => need.title.length))
  const sections = [
    needs.filter((need) => need.kinds.length === kinds.length),
    ...kinds.map((kind) =>
      needs.filter((need) => need.kinds.length < kinds.length && need.kinds.includes(kind)),
    ),
  ]
  const paragraphs = sections
    .filter((section) => section.length > 0)
    .map((section) => section.flatMap((need) => linesOf(need, width)).join('\n'))
  const verdict = isReady(needs) ? 'This host is ready.' : `Not ready: ${whatToDo(needs, asked)}.`
  const perKind = kinds.map((kind) => `${`${kind} checks`.padEnd(width + 2)}  ${stateOf(kind, needs)}`)
  return `${[platform, ...paragraphs, perKind.join('\n'), ...ciParagraph(ci), verdict].join('\n\n')}\n`
}

function ciParagraph(ci: Findings['ci']): string[] {
  if (!ci) return []
  const head = `In a job of ${ci.job.title} (${ci.job.because} is set)`
  if (ci.advice.length === 0) return [`${head}: nothing to add for its runner`]
  const advice = ci.advice.flatMap(({ text, lines }) => [
    `! ${text}`,
    ...lines.map((line) => `      ${line}`),
  ])
  return [[`${head}:`, ...advice].join('\n')]
}

function linesOf({ state, title, detail, mend }: HostNeed, width: number): string[] {
  return [
    `${marks[state]} ${title.padEnd(width)}  ${detail}`,
    ...(mend === null ? [] : [`${' '.repeat(width + 4)}→ ${mend}`]),
  ]
}

function stateOf(kind: CheckKind, needs: HostNeed[]): string {
  const missing = missingOf(needsOf(needs, kind))
  const hasKvm = needs.some(({ id, state }) => id === 'kvm' && state === 'ok')
  if (missing.length === 0) return hasKvm ? 'ready' : 'ready, without KVM'
  return `missing: ${missing.map(({ title }) => title).join(', ')}`
}

function whatToDo(needs: HostNeed[], asked: CheckKind | undefined): string {
  const setup = asked ? `vmproof setup --kind ${asked}` : 'vmproof setup'
  const missing = missingOf(needs)
  const mendable = missing.filter((need) => need.remedy !== null)
  if (mendable.length === 0) return 'do what the arrows say'
  if (mendable.length === missing.length) return `\`${setup}\` installs what is missing`
  return `\`${setup}\` installs a part of it, the arrows say the rest`
}
