import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { suiteProject, writeSuite } from '../helpers/suites.ts'

const quiet: ExecFileSyncOptionsWithStringEncoding = { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }

/** Packs the project as it is now. @returns the tarball and the names of the files in it */
function pack(folder: string): { tarball: string; files: string[] } {
  execFileSync(process.execPath, ['harness/build.mjs', 'release'], { ...quiet, cwd: projectRoot })
  // Without scripts: prepack has just been done, apart from the installation that a test needs anyway.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [packed] = JSON.parse(execFileSync('npm', args, { ...quiet, cwd: projectRoot }))
  return {
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }: { path: string }) => path),
  }
}

/** What a package manager would do with it, but for the registry: its one dependency is this project's. */
function install(tarball: string, folder: string): string {
  const place = join(folder, 'node_modules/vmproof')
  mkdirSync(place, { recursive: true })
  execFileSync('tar', ['xzf', tarball, '-C', place, '--strip-components=1'])
  const { dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
    symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name))
  }
  return join(place, 'harness/bin.mjs')
}

// Escape codes on a node's console bring in the terminal emulator, the one package that is not bundled.
const log = [
  'start all VLans',
  'run the VM test script',
  'machine: must succeed: true',
  'machine # \\033[2J\\033[1;1Hbooting',
  '(finished: must succeed: true, in 0.01 seconds)',
  '(finished: run the VM test script, in 0.02 seconds)',
  'test script finished in 0.02s',
  'cleanup',
]

function flakeWith(salt: string): string {
  const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`
  const script = `${log.map((line) => `printf '${line}\\n'`).join('; ')}; : > $out`
  return `{ outputs = _: { checks.${system}.web = derivation {
    name = "vm-test-run-web"; system = "${system}"; builder = "/bin/sh"; salt = "${salt}";
    args = [ "-c" ${JSON.stringify(script).replaceAll('$', '\\$')} ];
  }; }; }`
}

test('the package works in another repository, without its sources and without configuration', () => {
  const folder = scratchFolder()
  const { tarball, files } = pack(folder)
  expect(files.filter((name) => /(?<!\.d)\.ts$|\.map$|\.test\./.test(name))).toEqual([])
  expect(files).toContain('dist/release/LICENSES-OF-BUNDLED-PACKAGES.txt')
  expect(files).toContain('dist/release/page.json')
  const bin = install(tarball, folder)
  writeFileSync(join(folder, 'flake.nix'), flakeWith(folder))
  execFileSync('git', ['init', '-q', folder])
  execFileSync('git', ['-C', folder, 'add', 'flake.nix'])
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, '.cache'), NIX_CONFIG: 'sandbox = false' }
  const vmproof = (...args: string[]) =>
    execFileSync(process.execPath, [bin, ...args], { ...quiet, cwd: folder, env })
  expect(JSON.parse(vmproof('list', '--json')).checks).toMatchObject([{ name: 'web' }])
  const { checks } = JSON.parse(vmproof('run', '--json'))
  expect(checks).toMatchObject([{ name: 'web', outcome: 'passed', execution: 'executed' }])
  expect(vmproof('report')).toContain('1 check: 1 passed')
  const folderOfAttempt = join(folder, 'reports/latest', checks[0].folder)
  expect(readFileSync(join(folderOfAttempt, 'machine.console.txt'), 'utf8')).toBe('booting\n')
  const driverLog = join(folderOfAttempt, 'driver.log')
  const parsed = JSON.parse(vmproof('parse', '--format', 'json', driverLog))
  expect(parsed.checks).toMatchObject([{ outcome: 'passed', assertions: [{ kind: 'succeed' }] }])
})

const suite = `import { type VmNode, vmCheck } from 'vmproof'
import { greet } from './lib/greet.ts'

export default vmCheck({
  name: 'greets',
  nodes: { alpha: { memory: '128M', vlans: [] } },
  body: async ({ alpha, expect }) => {
    const node: VmNode = alpha
    expect({ name: 'length', value: await greet(node), unit: 'B' }).toBeAtLeast(5)
  },
})
`
const helper = `import type { VmNode } from 'vmproof'

export async function greet(node: VmNode): Promise<number> {
  return (await node.succeed('echo hello', { timeout: '20s' })).length
}
`

test('suites of a project that has the package installed know its types, and run without Nix', async () => {
  const folder = suiteProject({ 'greets.ts': suite, 'lib/greet.ts': helper })
  const bin = install(pack(folder).tarball, folder)
  const project = {
    include: ['suites'],
    compilerOptions: {
      ...{ strict: true, noEmit: true, target: 'es2022', module: 'nodenext' },
      ...{ allowImportingTsExtensions: true, types: [], skipLibCheck: false },
    },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc')
  const check = () => spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(check().stdout).toBe('')
  writeSuite(folder, 'lib/greet.ts', helper.replace('.succeed(', '.suceed('))
  expect(check().stdout).toContain("Did you mean 'succeed'?")
  writeSuite(folder, 'lib/greet.ts', helper)
  const run = spawnSync(process.execPath, [bin, 'run', '--json'], { cwd: folder, encoding: 'utf8' })
  expect(JSON.parse(run.stdout).checks).toMatchObject([
    { name: 'greets', kind: 'vm', outcome: 'passed', metrics: [{ name: 'length', value: 6 }] },
  ])
})
