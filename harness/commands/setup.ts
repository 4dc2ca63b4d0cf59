import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline/promises'
import { commandText, runCommand } from '../host/command.ts'
import { examine } from '../host/examine.ts'
import { type HostNeed, isReady, missingOf, type Need } from '../host/need.ts'
import { type Platform, readPlatform } from '../host/platform.ts'
import { planSteps, type SetupStep } from '../host/steps.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import { formatSeconds } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import type { SetupArguments } from './arguments.ts'
import { expectedKinds } from './expected-kinds.ts'

/**
 * Installs what `doctor` finds missing, for all kinds of checks or for one, and what merely helps where that can be
 * installed. Everything it says goes to standard error, because `run --setup --json`
 * keeps standard output for the report. With `yes` it never asks and needs no terminal.
 *
 * @throws UserError when it may not, cannot, or a step fails
 */
export async function setup({ yes, dryRun, kind }: SetupArguments): Promise<ExitCode> {
  const platform = readPlatform()
  const examination = { kinds: await expectedKinds(kind), afresh: false }
  const needs = await examine(platform, examination)
  const steps = stepsFor(needs, platform)
  if (steps.length === 0) {
    say('nothing is missing on this host')
    return exitCodes.passed
  }
  announce(steps, platform)
  if (dryRun) return exitCodes.passed
  if (!yes && !(await consent())) return exitCodes.passed
  for (const step of steps) await perform(step, platform)
  return verify(await examine(platform, examination))
}

/** @throws UserError when not everything that is missing can be installed here */
function stepsFor(needs: HostNeed[], platform: Platform): SetupStep[] {
  const missing = missingOf(needs)
  const byHand = missing.filter((need) => need.remedy === null || !canMend(need, platform))
  if (byHand.length > 0) {
    throw new UserError(
      `setup cannot install everything on ${platform.name}`,
      byHand.map((need) => `${need.title}: ${need.detail}; ${need.mend}`),
      exitCodes.infrastructure,
    )
  }
  const mayInstall = platform.isRoot || platform.sudo !== null
  if (missing.length > 0 && !mayInstall) {
    throw new UserError(
      'setup needs root, and there is no sudo',
      ['run it as root', ...missing.map((need) => `${need.title}: ${need.mend}`)],
      exitCodes.infrastructure,
    )
  }
  return mayInstall
    ? planSteps(
        needs.filter((need) => canMend(need, platform)),
        platform,
      )
    : []
}

function canMend({ remedy }: Need, platform: Platform): boolean {
  return platform.hasApt || (remedy?.type !== 'packages' && remedy?.type !== 'guest')
}

function announce(steps: SetupStep[], platform: Platform): void {
  say(`on this host (${platform.name}) setup will`)
  for (const { title, shows } of steps) say([`- ${title}`, ...shows.map((line) => `    ${line}`)].join('\n'))
}

/** @throws UserError when there is nobody to ask */
async function consent(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UserError('setup changes this host and cannot ask without a terminal', [
      'vmproof setup --yes does it without asking',
    ])
  }
  const questions = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await questions.question('Go on? [y/N] ')).trim())
  } finally {
    questions.close()
  }
}

async function perform(step: SetupStep, platform: Platform): Promise<void> {
  const start = performance.now()
  say(`${step.title} …`)
  try {
    await step.perform((command) => {
      say(`  $ ${commandText(command, platform.sudo !== null)}`)
      return runCommand(command, platform.sudo)
    })
  } catch (error) {
    if (!(step.isOptional && error instanceof UserError)) throw error
    say([`  ${error.message}`, ...error.hints.slice(0, -1), 'going on without it'].join('\n  '))
  }
  say(`  done in ${formatSeconds((performance.now() - start) / 1000)}`)
}

function verify(needs: Need[]): ExitCode {
  if (isReady(needs)) {
    say('this host is ready')
    return exitCodes.passed
  }
  const missing = missingOf(needs)
  throw new UserError(
    'setup ran to its end, and still something is missing',
    missing.map((need) => `${need.title}: ${need.detail}; ${need.mend}`),
    exitCodes.infrastructure,
  )
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
