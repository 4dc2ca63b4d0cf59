// `pnpm bench NAME...` runs benchmarks of this folder, without a name all of them. Each bench/NAME.ts exports
// `(say) => Promise<Record<string, number>>`. Text for people goes to standard error; the last line on standard
// output is a JSON object: the figures of one benchmark, or those of several by name.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = dirname(fileURLToPath(import.meta.url))
const root = dirname(folder)
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
  .sort()

const asked = process.argv.slice(2).filter((word) => word !== '--')
const unknown = asked.find((name) => !known.includes(name))
if (unknown !== undefined) {
  console.error(`bench: there is no benchmark ${unknown}, only ${known.join(', ')}`)
  process.exit(2)
}

process.chdir(root)
const figures = {}
for (const name of asked.length > 0 ? asked : known) figures[name] = await measure(name)
const results = Object.values(figures)
console.log(JSON.stringify(results.length === 1 ? results[0] : figures))

async function measure(name) {
  // Below the project, so that its packages are found.
  const bundle = join(root, 'dist', `bench-${name}-${process.pid}.mjs`)
  mkdirSync(dirname(bundle), { recursive: true })
  try {
    await build({
      entryPoints: [join(folder, `${name}.ts`)],
      outfile: bundle,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
    })
    const { default: run } = await import(pathToFileURL(bundle).href)
    return await run((line) => console.error(`${name}: ${line}`))
  } finally {
    rmSync(bundle, { force: true })
  }
}
