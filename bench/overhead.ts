import { join } from 'node:path'
import { median } from './lib/median.ts'
import { sleepers, system } from './lib/sleepers.ts'
import { timed } from './lib/timed.ts'

const checks = 4
const seconds = 1
const rounds = 3
const roundsForOne = 9

/**
 * Checks one after the other, by the harness and by bare `nix build --rebuild -L`, in turns. What a run costs once
 * (the start, listing, reports) is shared by its checks, as it is in real runs; then runs of one check alone, which
 * bear it all, from a Nix file and from a flake.
 */
export default async function overhead(say: (line: string) => void): Promise<Record<string, number>> {
  const { folder, remove } = sleepers(checks, seconds)
  const names = Array.from({ length: checks }, (_, index) => `check-${index + 1}`)
  const vmproof = (...args: string[]) =>
    timed(process.execPath, [join(process.cwd(), 'harness/bin.mjs'), 'run', '--jobs', '1', ...args], folder)
  const bare = (...installable: string[]) => timed('nix', nix('--rebuild', '-L', ...installable), folder)
  const place = ['-f', 'default.nix']
  try {
    // Outputs must be valid before they can be rebuilt; evaluations are remembered from here on.
    await timed('nix', nix(...place, ...names), folder)
    await vmproof()
    await vmproof('--flake', '.')
    const secondsPerCheck = await medianOf(rounds, async () => {
      let theirs = 0
      for (const name of names) theirs += await bare(...place, name)
      return ((await vmproof()) - theirs) / checks
    })
    say(`medians over nix build --rebuild -L of checks of ${seconds} s:`)
    say(`${secondsPerCheck.toFixed(3)} s a check (bound 0.3) of ${checks}, ${rounds} rounds`)
    const secondsForOne = await medianOf(
      roundsForOne,
      async () => (await vmproof('check-1')) - (await bare(...place, 'check-1')),
    )
    const secondsForOneOfFlake = await medianOf(
      roundsForOne,
      async () => (await vmproof('--flake', '.', 'check-1')) - (await bare(`.#checks.${system}.check-1`)),
    )
    say(
      `${secondsForOne.toFixed(3)} s for a run of one check, of a flake ${secondsForOneOfFlake.toFixed(3)} s`,
    )
    return { secondsPerCheck, secondsForOne, secondsForOneOfFlake }
  } finally {
    remove()
  }
}

async function medianOf(count: number, measure: () => Promise<number>): Promise<number> {
  const measured: number[] = []
  for (let round = 0; round < count; round++) measured.push(await measure())
  return median(measured)
}

function nix(...args: string[]): string[] {
  return [
    ...['build', '--no-link', '--extra-experimental-features', 'nix-command flakes'],
    ...['--option', 'sandbox', 'false'],
    ...['--option', 'build-users-group', ''],
    ...['--option', 'substituters', ''],
    ...args,
  ]
}
