import { userInfo } from 'node:os'
import { hostListsAreStale, installPackages, updateLists } from './apt.ts'
import { type Command, commandText } from './command.ts'
import { prepareGuestMaterial, unpackersOf } from './guest-material.ts'
import type { Need, Remedy } from './need.ts'
import type { Platform } from './platform.ts'
import { guestFolder, preparedFolder, toolsFolder } from './prepared-folder.ts'
import { installTools } from './tools.ts'

/** One thing that setup does. */
export interface SetupStep {
  /** For people: what for. */
  title: string
  /** What it changes, as commands where it is commands. */
  shows: string[]
  /** A step that may fail: what really depends on it fails with a better message. */
  isOptional?: boolean
  /** @param run starts a command; throws UserError when it fails */
  perform(run: (command: Command) => Promise<string>): Promise<void>
}

/** @returns what is to be done about needs that are not met, in order; needs without a remedy are left out */
export function planSteps(needs: Need[], platform: Platform): SetupStep[] {
  const remedies = needs.flatMap((need) => need.remedy ?? [])
  const packages = [...new Set(remedies.flatMap((remedy) => packagesFor(remedy, platform)))]
  const wants = (type: Remedy['type']) => remedies.some((remedy) => remedy.type === type)
  const sudo = !platform.isRoot
  return [
    ...(packages.length > 0 && hostListsAreStale()
      ? [optional(commandStep('refresh the package lists', updateLists(), sudo))]
      : []),
    ...(packages.length > 0
      ? [commandStep(`install ${packages.join(', ')}`, installPackages(packages), sudo)]
      : []),
    ...(wants('store-folder') ? [ownFolder('make the folder of the Nix store', '/nix', sudo)] : []),
    ...(sudo && (wants('guest') || wants('tools'))
      ? [ownFolder('make a folder for what builders need', preparedFolder, sudo)]
      : []),
    ...(wants('guest') ? [guestStep(platform)] : []),
    ...(wants('tools') ? [toolsStep()] : []),
  ]
}

function packagesFor(remedy: Remedy, platform: Platform): string[] {
  if (remedy.type === 'packages') return remedy.packages
  return remedy.type === 'guest' ? unpackersOf(platform) : []
}

function commandStep(title: string, command: Command, sudo: boolean): SetupStep {
  return {
    title,
    shows: [`$ ${commandText(command, sudo)}`],
    perform: async (run) => void (await run(command)),
  }
}

function optional(step: SetupStep): SetupStep {
  return { ...step, isOptional: true }
}

/** Idempotent: install(1) only changes the owner of a folder that is there. */
function ownFolder(title: string, folder: string, sudo: boolean): SetupStep {
  const args = ['-d', '-m', '755', '-o', userInfo().username, folder]
  return commandStep(title, { program: 'install', args, asRoot: true }, sudo)
}

function guestStep(platform: Platform): SetupStep {
  const folder = guestFolder(platform.architecture ?? 'x86_64')
  return {
    title: 'fetch a kernel and busybox for guests (about 30 MB; nothing is installed)',
    shows: [`$ apt-get download, unpacked into ${folder}`],
    perform: () => prepareGuestMaterial(platform, folder),
  }
}

function toolsStep(): SetupStep {
  return {
    title: 'put Node.js and esbuild where builders find them',
    shows: [`${toolsFolder}/{node,esbuild}`],
    perform: async () => installTools(),
  }
}
