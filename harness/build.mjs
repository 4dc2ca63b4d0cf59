// Bundles the TypeScript sources with esbuild. `node harness/build.mjs release` makes what the package ships;
// harness/bin.mjs asks for builtFromSources(), so an edit is in effect at the next start.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The command, what suite files import as `vmproof`, and the programs that are started for what users write. */
const entryPoints = {
  cli: 'harness/cli.ts',
  suite: 'harness/vm/suite.ts',
  'module-reader': 'harness/user-module/reader.ts',
  'suite-driver': 'harness/vm/source/driver.ts',
}

/** Not bundled: one comes without its licence's text and few starts need it, the other is a program of its own. */
const external = ['@xterm/headless', 'esbuild']

const oneDay = 86_400_000

/**
 * The folder of a build of the sources as they are now: dist/<key>, where the key is made of every source's path,
 * size and time, built only when that changed.
 */
export async function builtFromSources() {
  const hash = createHash('sha256')
  for (const file of [...sourceFiles(), join(root, 'package.json'), fileURLToPath(import.meta.url)]) {
    const { size, mtimeMs } = statSync(file)
    hash.update(`${file}\0${size}\0${mtimeMs}\n`)
  }
  const folder = join(root, 'dist', hash.digest('hex').slice(0, 16))
  if (existsSync(join(folder, 'cli.js'))) {
    markUsed(folder)
    return folder
  }
  await buildInto(folder)
  forgetOldBuilds()
  return folder
}

/** What runs loads parts of its build late, so a build's time is that of its last start. */
function markUsed(folder) {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // A checkout that cannot be written to forgets no builds either.
  }
}

/** A build of another state of the sources may still be running; a day after its last start it is not. */
function forgetOldBuilds() {
  const parent = join(root, 'dist')
  for (const name of readdirSync(parent)) {
    const path = join(parent, name)
    if (name === 'release') continue
    if (Date.now() - statSync(path).mtimeMs > oneDay) rmSync(path, { recursive: true, force: true })
  }
}

/** Every source file below harness/ that the bundle can depend on, sorted, without tests. */
export function sourceFiles(folder = join(root, 'harness')) {
  const found = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'test' || entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...sourceFiles(path))
    else if (/\.(tsx?|css|json)$/.test(entry.name)) found.push(path)
  }
  return found.sort()
}

/**
 * Bundles the sources with the packages they use: finding and opening the hundreds of files of the packages one
 * by one took longer than all the rest of a short run.
 *
 * The result is in `folder`, which appears at once and complete or not at all (two starts may race).
 * `sourcemap` is esbuild's option: maps are three quarters of what is written, and only debuggers read them.
 */
export async function buildInto(folder, { sourcemap } = { sourcemap: 'linked' }) {
  const { build, stop } = await import('esbuild').catch(explainMissingPackages)
  const scratch = `${folder}.tmp-${process.pid}`
  mkdirSync(scratch, { recursive: true })
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: root,
    outdir: scratch,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    alias: { 'string-width': join(root, 'harness/commands/help-width.ts') },
    // Packages in CommonJS ask for Node's own modules with require, which modules of today do not have.
    banner: {
      js: "import { createRequire as req } from 'node:module'; const require = req(import.meta.url);",
    },
    metafile: true,
    sourcemap,
    logLevel: 'warning',
  })
  const page = await bundlePage(build)
  writeFileSync(join(scratch, 'page.json'), JSON.stringify(page.asset))
  // Its process would stay as long as ours.
  await stop()
  const inputs = [...Object.keys(metafile.inputs), ...page.inputs]
  writeFileSync(join(scratch, 'LICENSES-OF-BUNDLED-PACKAGES.txt'), licenses(inputs))
  try {
    renameSync(scratch, folder)
  } catch {
    rmSync(scratch, { recursive: true, force: true })
    statSync(join(folder, 'cli.js'))
  }
}

/**
 * The program and the style of the HTML report, each with its SHA-256 in base64 as a content security policy names it.
 * What the program's text is in the page must be what was hashed, so it must not end its own element.
 */
async function bundlePage(build) {
  const { outputFiles, metafile } = await build({
    entryPoints: { page: 'harness/page/main.tsx', style: 'harness/page/page.css' },
    absWorkingDir: root,
    outdir: 'unwritten',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  })
  const [script, style] = ['.js', '.css'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end)).text,
  )
  if (/<\/(script|style)|<!--/i.test(script + style))
    throw new Error('harness/page: would end its own element')
  const hashOf = (text) => createHash('sha256').update(text).digest('base64')
  const asset = { script, scriptHash: hashOf(script), style, styleHash: hashOf(style) }
  return { asset, inputs: Object.keys(metafile.inputs) }
}

/** A checkout in which nothing was installed yet is no bug that needs a stack. */
function explainMissingPackages(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write(
    `vmproof: the packages that build it are not installed in ${root}\n  npx -y pnpm@12 install\n`,
  )
  process.exit(4)
}

/** The licence of every package of which a file is in the bundle, as those licences ask for. */
function licenses(inputs) {
  const packages = inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
  return [...new Set(packages.filter((path) => path !== undefined))].sort().map(licenseOf).join('\n\n')
}

function licenseOf(path) {
  const folder = join(root, path)
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`${path}: bundled, but it comes without a licence text`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'release') {
  const folder = join(root, 'dist/release')
  rmSync(folder, { recursive: true, force: true })
  await buildInto(folder, { sourcemap: false })
  const { writeTypes } = await import('./build-types.mjs')
  writeTypes(root, join(folder, 'types'))
}
