import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of this package, seen from the sources and from the bundle alike. */
const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

/** A checkout has NixOS checks of its own, which need QEMU, a guest and a bundler; an installed package has none. */
export function hasOwnChecks(): boolean {
  return existsSync(join(projectFolder, 'suites/self/flake.nix'))
}

/** What the builders of the project's own checks take from its dependencies. */
export interface BundlerFiles {
  /** esbuild's program, which runs without Node. */
  esbuild: string
  esbuildVersion: string
}

/** @throws when the dependencies are not installed */
export function bundlerFiles(): BundlerFiles {
  const fromProject = createRequire(join(projectFolder, 'package.json'))
  const esbuildPackage = fromProject.resolve('esbuild/package.json')
  const binary = `@esbuild/${process.platform}-${process.arch}/bin/esbuild`
  return {
    esbuild: createRequire(esbuildPackage).resolve(binary),
    esbuildVersion: versionIn(dirname(esbuildPackage)),
  }
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}
