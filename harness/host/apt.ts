import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './command.ts'

const lists = '/var/lib/apt/lists'
/** Mirrors delete what newer versions replace: older lists name files that may be gone. */
const staleAfterHours = 24

/** Waits for another apt instead of failing, and never asks. */
const options = ['-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0']
const env = { DEBIAN_FRONTEND: 'noninteractive' }

/** Fetches the package lists. */
export function updateLists(): Command {
  return { program: 'apt-get', args: [...options, 'update'], asRoot: true, env }
}

/** Installs packages, without what they merely recommend. */
export function installPackages(packages: string[]): Command {
  const args = [...options, 'install', '--no-install-recommends', ...packages]
  return { program: 'apt-get', args, asRoot: true, env }
}

/** There are no package lists, or old ones: a fresh container has none. */
export function hostListsAreStale(now = Date.now(), folder = lists): boolean {
  try {
    const times = readdirSync(folder)
      .filter((name) => /_Packages(\.\w+)?$/.test(name))
      .map((name) => statSync(join(folder, name)).ctimeMs)
    return times.length === 0 || now - Math.max(...times) > staleAfterHours * 3_600_000
  } catch {
    return true
  }
}
