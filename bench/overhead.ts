import { join } from 'node:path'
import { sleepers } from './lib/sleepers.ts'
import { timed } from './lib/timed.ts'

const checks = 6
const seconds = 1

/**
 * One check after the other, by the harness and by bare `nix build --rebuild -L`. What a run costs once (the
 * start, listing, reports) is shared by its checks, as it is in real runs.
 */
export default async function overhead(say: (line: string) => void): Promise<Record<string, number>> {
  const { folder, remove } = sleepers(checks, seconds)
  const vmproof = (...args: string[]) => [
    join(process.cwd(), 'harness/bin.mjs'),
    'run',
    '--jobs',
    '1',
    ...args,
  ]
  const nix = (...args: string[]) => [
    ...['build', '--no-link', '-f', 'default.nix', '--extra-experimental-features', 'nix-command flakes'],
    ...['--option', 'sandbox', 'false', '--option', 'build-users-group', '', ...args],
  ]
  const names = Array.from({ length: checks }, (_, index) => `check-${index + 1}`)
  try {
    // Outputs must be valid before they can be rebuilt; evaluations are remembered from here on.
    await timed('nix', nix(...names), folder)
    await timed(process.execPath, vmproof(), folder)
    let bare = 0
    for (const name of names) bare += await timed('nix', nix('--rebuild', '-L', name), folder)
    const ours = await timed(process.execPath, vmproof(), folder)
    const alone = await timed(process.execPath, vmproof('check-1'), folder)
    const secondsPerCheck = (ours - bare) / checks
    say(
      `${checks} checks of ${seconds} s: nix build --rebuild -L ${bare.toFixed(2)} s, vmproof run ${ours.toFixed(2)} s`,
    )
    say(
      `${secondsPerCheck.toFixed(3)} s more per check (bound 0.3); a run of a single one: ${(alone - bare / checks).toFixed(2)} s more`,
    )
    return { secondsPerCheck, secondsForOne: alone - bare / checks }
  } finally {
    remove()
  }
}
