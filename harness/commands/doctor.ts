import { examine } from '../host/examine.ts'
import { isReady, type Need, type NeedState } from '../host/need.ts'
import { readPlatform } from '../host/platform.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { DoctorArguments } from './arguments.ts'
import { print } from './standard-streams.ts'

const marks: Record<NeedState, string> = { ok: '✓', missing: '✗', limited: '!' }

/** Says what this host can do. Exit code 4 when something is missing without which no check runs. */
export async function doctor({ json }: DoctorArguments): Promise<ExitCode> {
  const platform = readPlatform()
  const needs = await examine(platform)
  const ready = isReady(needs)
  if (json) print(`${JSON.stringify(asJson(platform.name, needs), null, 2)}\n`)
  else print(asText(platform.name, needs))
  return ready ? exitCodes.passed : exitCodes.infrastructure
}

function asJson(platform: string, needs: Need[]) {
  return {
    schema: 1,
    ready: isReady(needs),
    platform,
    needs: needs.map(({ remedy, ...need }) => ({ ...need, setup: remedy !== null })),
  }
}

function asText(platform: string, needs: Need[]): string {
  const width = Math.max(...needs.map((need) => need.title.length))
  const lines = needs.flatMap(({ state, title, detail, mend }) => [
    `${marks[state]} ${title.padEnd(width)}  ${detail}`,
    ...(mend === null ? [] : [`${' '.repeat(width + 4)}→ ${mend}`]),
  ])
  const verdict = isReady(needs) ? 'This host is ready.' : `Not ready: ${whatToDo(needs)}.`
  return `${platform}\n\n${lines.join('\n')}\n\n${verdict}\n`
}

function whatToDo(needs: Need[]): string {
  const missing = needs.filter((need) => need.state === 'missing')
  const mendable = missing.filter((need) => need.remedy !== null)
  if (mendable.length === 0) return 'do what the arrows say'
  if (mendable.length === missing.length) return '`vmproof setup` installs what is missing'
  return '`vmproof setup` installs a part of it, the arrows say the rest'
}
