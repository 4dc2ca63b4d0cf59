import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultConfig } from '../harness/model/config.ts'
import { createNixSource } from '../harness/nix/source.ts'

const checkCount = 200
const chosen = 'check-137'
/** Numbers in a list: 1 s and 400 MB on a machine of 2024. */
const listLength = 3_000_000

/**
 * Lists a flake of 200 checks, each of which costs about 1 s and 300 MB to evaluate, then describes one of them,
 * then the same again as a second run would.
 *
 * @returns `listSeconds`; `evaluations` and `evaluationsSecondRun` of checks, as Nix was started for them;
 * `describeSeconds` and `describeSecondsSecondRun`
 */
export default async function discovery(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-'))
  const before = process.env.NIX_CONF_DIR
  try {
    process.env.NIX_CONF_DIR = folder
    writeFileSync(join(folder, 'nix.conf'), nixConf)
    const flake = writeFlake(join(folder, 'flake'))
    const first = await timeRun(flake, join(folder, 'cache'))
    say(`names of ${first.names} checks: ${first.listSeconds.toFixed(2)} s`)
    say(`one of them evaluated: ${first.evaluations} evaluation, ${first.describeSeconds.toFixed(2)} s`)
    const second = await timeRun(flake, join(folder, 'cache'))
    say(`the second time: ${second.evaluations} evaluations, ${second.describeSeconds.toFixed(2)} s`)
    return {
      listSeconds: first.listSeconds,
      evaluations: first.evaluations,
      evaluationsSecondRun: second.evaluations,
      describeSeconds: first.describeSeconds,
      describeSecondsSecondRun: second.describeSeconds,
    }
  } finally {
    if (before === undefined) delete process.env.NIX_CONF_DIR
    else process.env.NIX_CONF_DIR = before
    rmSync(folder, { recursive: true, force: true })
  }
}

const nixConf = `
experimental-features = nix-command flakes
build-users-group =
substituters =
`

/** Each check sums up a list of numbers that has to stay in memory meanwhile. */
function writeFlake(folder: string): string {
  const names = Array.from({ length: checkCount }, (_, index) => `check-${index}`)
  execFileSync('git', ['init', '-q', folder])
  writeFileSync(
    join(folder, 'flake.nix'),
    `{ outputs = { self }:
      let
        costly = seed:
          let numbers = builtins.genList (n: n + seed) ${listLength};
          in builtins.foldl' builtins.add 0 numbers + builtins.length (builtins.filter (n: n > 0) numbers);
        check = seed: derivation {
          name = "vm-test-run-\${toString seed}"; system = "x86_64-linux"; builder = "/bin/sh";
          cost = costly seed; salt = "${process.pid}";
        };
      in { checks.x86_64-linux = { ${names.map((name, index) => `${name} = check ${index};`).join('\n')} }; };
    }`,
  )
  execFileSync('git', ['-C', folder, 'add', '.'])
  return folder
}

async function timeRun(flake: string, cacheFolder: string) {
  let evaluations = 0
  const source = createNixSource({
    target: { type: 'flake', ref: flake },
    system: 'x86_64-linux',
    config: defaultConfig(flake),
    cacheFolder,
    profileModule: join(process.cwd(), 'suites/nixos/lib/profile.nix'),
    evaluationJobs: 2,
    note: () => {
      evaluations += 1
    },
  })
  const startedAt = performance.now()
  const checks = await source.list()
  const listed = performance.now()
  const wanted = checks.filter((check) => check.name === chosen)
  for await (const check of source.describe(wanted, new AbortController().signal)) {
    if (check.error) throw new Error(check.error.message)
  }
  return {
    names: checks.length,
    evaluations,
    listSeconds: (listed - startedAt) / 1000,
    describeSeconds: (performance.now() - listed) / 1000,
  }
}
