import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const harness = dirname(dirname(fileURLToPath(import.meta.url)))

/** Which folders each folder may import from, type imports included. `npm` lists allowed packages. */
const core = ['model', 'log', 'plan', 'state', 'reporters', 'trends', 'profile', 'sweep', 'ci']
const edges = ['process', 'debian', 'user-module', 'nix', 'vm', 'host', 'terminal', 'filesystem']
const edge = (npm: string[] = [], below: string[] = []) => ({
  folders: ['process', ...below, ...core, 'run/ports.ts'],
  npm,
  effects: true,
})

const rules: Record<string, { folders: string[]; npm: string[]; effects: boolean }> = {
  'cli.ts': { folders: ['commands', 'model'], npm: [], effects: true },
  commands: { folders: [...edges, 'run', 'page/data.ts', ...core], npm: ['yargs'], effects: true },
  model: { folders: [], npm: [], effects: false },
  log: { folders: ['model'], npm: ['@xterm/headless'], effects: false },
  plan: { folders: ['model', 'profile'], npm: ['picomatch', 'fastest-levenshtein'], effects: false },
  state: { folders: ['model'], npm: [], effects: false },
  reporters: {
    folders: ['model', 'state', 'trends', 'page/data.ts'],
    npm: ['junit-report-builder', 'picocolors'],
    effects: false,
  },
  trends: { folders: ['model'], npm: [], effects: false },
  profile: { folders: ['model'], npm: ['smol-toml', 'fastest-levenshtein'], effects: false },
  sweep: { folders: ['model', 'trends', 'profile'], npm: [], effects: false },
  ci: { folders: ['model', 'plan'], npm: ['yaml'], effects: false },
  run: { folders: core, npm: [], effects: false },
  process: { folders: ['model'], npm: [], effects: true },
  'user-module': { folders: ['process', 'model'], npm: ['esbuild'], effects: true },
  debian: { folders: ['process', 'model'], npm: ['fastest-levenshtein'], effects: true },
  nix: edge(['p-limit']),
  vm: edge(['p-limit', 'zod'], ['debian', 'user-module']),
  host: edge(['execa'], ['debian']),
  terminal: edge(),
  filesystem: edge(['smol-toml', 'zod'], ['user-module', 'page/data.ts']),
  page: { folders: ['model', 'reporters', 'trends'], npm: ['preact'], effects: false },
}

/** Node's own modules without effects. */
const pureBuiltins = ['node:buffer', 'node:path', 'node:string_decoder']

test('every import goes in the allowed direction', () => {
  const wrong = sourceFiles(harness).flatMap((file) =>
    importsOf(file).map((target) => complaint(file, target)),
  )
  expect(wrong.filter((line) => line !== null)).toEqual([])
})

test('the core uses no clock, no process and no randomness', () => {
  const forbidden =
    /\b(Date\.now|new Date\(\)|performance\.now|process\.|Math\.random|setTimeout|setInterval)\b/
  const wrong = sourceFiles(harness)
    .filter((file) => core.some((folder) => relative(harness, file).startsWith(`${folder}/`)))
    .flatMap((file) =>
      codeLines(file)
        .filter(([, text]) => forbidden.test(text))
        .map(([line]) => `${relative(harness, file)}:${line}`),
    )
  expect(wrong).toEqual([])
})

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'test' ? [] : sourceFiles(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function codeLines(file: string): [number, string][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index): [number, string] => [index + 1, text])
    .filter(([, text]) => !/^\s*(\*|\/\/|\/\*)/.test(text))
}

function importsOf(file: string): { line: number; from: string }[] {
  return codeLines(file).flatMap(([line, text]) => {
    const match = /(?:^\s*import\s+|\bfrom\s+|\bimport\()'([^']+)'/.exec(text)
    return match?.[1] ? [{ line, from: match[1] }] : []
  })
}

function complaint(file: string, target: { line: number; from: string }): string | null {
  const path = relative(harness, file)
  const folder = path.includes('/') ? (path.split('/')[0] as string) : path
  const rule = rules[folder]
  const where = `${path}:${target.line} imports ${target.from}`
  if (!rule) return `${where}: no rule for ${folder}, add one to harness/test/imports.test.ts`
  if (target.from.startsWith('node:')) {
    return rule.effects || pureBuiltins.includes(target.from) ? null : `${where}: ${folder} has no effects`
  }
  if (!target.from.startsWith('.')) {
    const known = rule.npm.some((name) => target.from === name || target.from.startsWith(`${name}/`))
    return known ? null : `${where}: ${folder} may use only ${rule.npm.join(', ') || 'no package'}`
  }
  const to = relative(harness, join(dirname(file), target.from))
  const allowed =
    to.startsWith(`${folder}/`) || rule.folders.some((one) => to === one || to.startsWith(`${one}/`))
  return allowed ? null : `${where}: ${folder} may import only ${rule.folders.join(', ') || 'itself'}`
}
