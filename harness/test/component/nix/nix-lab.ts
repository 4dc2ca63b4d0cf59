import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DescribedCheck, ListedCheck } from '../../../model/check.ts'
import { defaultConfig } from '../../../model/config.ts'
import type { Profile } from '../../../model/profile.ts'
import { createNixSource, type NixSourceOptions } from '../../../nix/source.ts'
import { instanceOf } from '../../../plan/instances.ts'
import type { AttemptRequest, AttemptResult, CheckPlace } from '../../../run/ports.ts'
import { projectRoot } from '../../helpers/project-root.ts'

/** Settings under which any user's real Nix builds with /bin/sh alone, apart from that user's own settings. */
const nixConf = (features: string) => `
experimental-features = nix-command flakes
build-users-group =
sandbox = false
substituters =
system-features = ${features}
`

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'vmproof-nix-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Nix with a configuration of its own until the test ends. @param more lines of nix.conf that win */
export function useNix(features = 'nixos-test kvm', more = ''): void {
  const before = process.env.NIX_CONF_DIR
  process.env.NIX_CONF_DIR = folder()
  writeFileSync(join(process.env.NIX_CONF_DIR, 'nix.conf'), `${nixConf(features)}\n${more}\n`)
  onTestFinished(() => {
    if (before === undefined) delete process.env.NIX_CONF_DIR
    else process.env.NIX_CONF_DIR = before
  })
}

/**
 * Nix code for a derivation built by /bin/sh. The salt makes it new to every store.
 * @param script must write $out
 */
export function derivation(name: string, script: string, attributes = ''): string {
  return `derivation {
    name = ${JSON.stringify(name)}; system = "${system}"; builder = "/bin/sh";
    args = [ "-c" ${JSON.stringify(script).replaceAll('${', '\\${')} ]; PATH = "/usr/bin:/bin";
    salt = "${process.pid}-${process.hrtime.bigint()}"; ${attributes} }`
}

export const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`

/** Writes files into a new folder, which becomes a git work tree that knows them. */
export function workTree(files: Record<string, string>): string {
  const top = folder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true })
    writeFileSync(join(top, path), content)
  }
  execFileSync('git', ['init', '-q', top])
  execFileSync('git', ['-C', top, 'add', '.'])
  return top
}

/** @param checks body of the attribute set of checks */
export function flake(checks: string): string {
  return workTree({ 'flake.nix': `{ outputs = { self }: { checks.${system} = {${checks}}; }; }` })
}

export interface Lab {
  source: CheckPlace
  /** Names of checks in the order in which they were evaluated. */
  evaluated: string[]
}

export function lab(options: Partial<NixSourceOptions> & Pick<NixSourceOptions, 'target'>): Lab {
  const evaluated: string[] = []
  const note = (text: string) => evaluated.push(text.replace('evaluating ', ''))
  const config = defaultConfig(process.cwd())
  const profileModule = join(projectRoot, 'suites/nixos/lib/profile.nix')
  const defaults = { system: null, config, cacheFolder: folder(), profileModule, evaluationJobs: 2, note }
  return { source: createNixSource({ ...defaults, ...options }), evaluated }
}

export async function describeAll(
  source: CheckPlace,
  checks?: ListedCheck[],
  profile: Profile | null = null,
): Promise<DescribedCheck[]> {
  const all: DescribedCheck[] = []
  const signal = new AbortController().signal
  for await (const one of source.describe(checks ?? (await source.list()), signal, profile)) all.push(one)
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export interface Attempted extends AttemptResult {
  log: string
  stages: string[]
}

/** Attempts the one check of a source. */
export async function attempt(
  source: CheckPlace,
  request: Partial<AttemptRequest> = {},
  signal = new AbortController().signal,
  profile: Profile | null = null,
): Promise<Attempted> {
  const [check] = await describeAll(source, undefined, profile)
  if (!check) throw new Error('the source has no check')
  const none = { accelerators: new Map(), overrides: [], quarantine: [], groups: [], durations: new Map() }
  const options = { accel: 'auto' as const, timeoutSeconds: null, ...none }
  const stages: string[] = []
  const chunks: Uint8Array[] = []
  const result = await source.attempt(
    {
      instance: instanceOf(check, { namedExplicitly: true, profile }, options),
      attempt: 1,
      folder: folder(),
      timeoutSeconds: 60,
      force: true,
      via: 'build',
      accel: 'auto',
      ...request,
    },
    {
      log: (bytes) => chunks.push(bytes),
      event: () => undefined,
      record: () => undefined,
      console: () => undefined,
      stage: (stage) => stages.push(stage),
    },
    signal,
  )
  return { ...result, log: Buffer.concat(chunks).toString(), stages }
}

/** Whether a process runs whose command line holds the text. */
export function isRunning(text: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
    } catch {
      return false
    }
  })
}
