// Bundles the TypeScript sources with esbuild. `node harness/build.mjs release` makes what the package ships;
// harness/bin.mjs calls buildInto() whenever a source changed, so an edit is in effect at the next start.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Every source file below harness/ that the bundle can depend on, sorted, without tests. */
export function sourceFiles(folder = join(root, 'harness')) {
  const found = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'test' || entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...sourceFiles(path))
    else if (/\.(ts|json)$/.test(entry.name)) found.push(path)
  }
  return found.sort()
}

/** Builds into `folder`, which appears at once and complete or not at all (two starts may race). */
export async function buildInto(folder) {
  const { build } = await import('esbuild')
  const scratch = `${folder}.tmp-${process.pid}`
  mkdirSync(scratch, { recursive: true })
  await build({
    entryPoints: [join(root, 'harness/cli.ts')],
    absWorkingDir: root,
    outdir: scratch,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
  try {
    renameSync(scratch, folder)
  } catch {
    rmSync(scratch, { recursive: true, force: true })
    statSync(join(folder, 'cli.js'))
  }
}

if (process.argv[2] === 'release') {
  const folder = join(root, 'dist/release')
  rmSync(folder, { recursive: true, force: true })
  await buildInto(folder)
}
