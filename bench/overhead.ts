import { join } from 'node:path'
import { median } from './lib/median.ts'
import { sleepers } from './lib/sleepers.ts'
import { timed } from './lib/timed.ts'

const checks = 4
const seconds = 1
const rounds = 3

/**
 * Checks one after the other, by the harness and by bare `nix build --rebuild -L`, in turns. What a run costs once
 * (the start, listing, reports) is shared by its checks, as it is in real runs.
 */
export default async function overhead(say: (line: string) => void): Promise<Record<string, number>> {
  const { folder, remove } = sleepers(checks, seconds)
  const names = Array.from({ length: checks }, (_, index) => `check-${index + 1}`)
  const vmproof = (...args: string[]) =>
    timed(process.execPath, [join(process.cwd(), 'harness/bin.mjs'), 'run', '--jobs', '1', ...args], folder)
  const bare = async (name: string) => timed('nix', nix('--rebuild', '-L', name), folder)
  try {
    // Outputs must be valid before they can be rebuilt; evaluations are remembered from here on.
    await timed('nix', nix(...names), folder)
    await vmproof()
    const differences: { perCheck: number; forOne: number }[] = []
    for (let round = 0; round < rounds; round++) {
      let theirs = 0
      for (const name of names) theirs += await bare(name)
      const perCheck = ((await vmproof()) - theirs) / checks
      differences.push({ perCheck, forOne: (await vmproof('check-1')) - (await bare('check-1')) })
    }
    const secondsPerCheck = median(differences.map(({ perCheck }) => perCheck))
    const secondsForOne = median(differences.map(({ forOne }) => forOne))
    say(`medians of ${rounds} rounds of ${checks} checks of ${seconds} s over nix build --rebuild -L:`)
    say(
      `${secondsPerCheck.toFixed(3)} s a check (bound 0.3); ${secondsForOne.toFixed(3)} s for a run of one check`,
    )
    return { secondsPerCheck, secondsForOne }
  } finally {
    remove()
  }
}

function nix(...args: string[]): string[] {
  return [
    ...['build', '--no-link', '-f', 'default.nix', '--extra-experimental-features', 'nix-command flakes'],
    ...['--option', 'sandbox', 'false', '--option', 'build-users-group', '', ...args],
  ]
}
