import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../helpers/project-root.ts'
import { scratchFolder } from '../helpers/scratch.ts'
import { suite, suiteProject } from '../helpers/suites.ts'

/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

const small = "memory: '128M', vlans: []"

/** Types lines into `vmproof shell`, not at a terminal. */
async function shell(args: string[], lines: string[], cwd: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(projectRoot, 'harness/bin.mjs'), 'shell', ...args], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: join(cwd, '.cache'), NO_COLOR: '1', ...env },
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve))
  return { code, ...said }
}

test('commands reach the nodes they name; the last one decides how it ends', async () => {
  const folder = suiteProject({
    'pair.ts': suite(
      'pair',
      `nodes: { alpha: { ${small} }, beta: { ${small} } }`,
      'await context.alpha.succeed("exit 9")',
    ),
  })
  const temporary = scratchFolder()
  const env = { ...userCache, TMPDIR: temporary }
  const lines = [
    'hostname',
    'alpha: hostname; echo kept > /tmp/file',
    'use beta',
    'hostname',
    'alpha: cat /tmp/file',
    'test',
    'false',
  ]
  const { code, stdout, stderr } = await shell(['pair'], lines, folder, env)
  expect(stdout).toBe('alpha\nbeta\nkept\n')
  expect(stderr).toContain('for which node? write NODE: hostname')
  expect(stderr).toContain('alpha: must succeed: exit 9')
  expect(stderr).toContain('vmproof: command `exit 9` failed (exit code 9)')
  expect(stderr).toContain('exit status 1\n')
  expect(code).toBe(1)
  expect(readdirSync(temporary)).toEqual([])
  const flood = "alpha: head -c 1500000 /dev/zero | tr '\\0' x"
  const second = await shell(['pair'], [flood, 'alpha: true', 'exit', 'alpha: false'], folder, env)
  expect([second.code, second.stdout.length]).toEqual([0, 1_500_000])
})

test('a shell is for one check that can run here', async () => {
  const folder = suiteProject({
    'one.ts': suite('one', `nodes: { a: { ${small} } }`),
    'one-more.ts': suite('one-more', `nodes: { a: { ${small} } }`),
    'greedy.ts': suite('greedy', "nodes: { a: { memory: '900G' } }"),
    'broken.ts': 'throw new Error("at once")',
  })
  const said = async (name: string) => {
    const { code, stderr } = await shell([name], [], folder, userCache)
    return [code, stderr]
  }
  expect(await said('one*')).toEqual([2, expect.stringContaining('name one of one, one-more')])
  expect(await said('two')).toEqual([3, expect.stringContaining('there is no check of this name')])
  expect(await said('greedy')).toEqual([5, expect.stringContaining('900.1 GiB of memory')])
  expect(await said('broken')).toEqual([4, expect.stringContaining('loading it throws Error: at once')])
})

test("a NixOS test's own interactive driver gets the terminal", async () => {
  const folder = scratchFolder()
  const driver = 'echo "driver in $PWD"; while read line; do echo "got $line"; done; exit 3'
  writeFileSync(
    join(folder, 'default.nix'),
    `let
  build = name: script: derivation {
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    salt = ${JSON.stringify(folder)};
    args = [ "-c" script ];
  };
in rec {
  web = bare // { driverInteractive = build "driver" ''
    mkdir -p $out/bin
    printf '#!/bin/sh\\n%s\\n' '${driver}' > $out/bin/nixos-test-driver
    chmod +x $out/bin/nixos-test-driver
  ''; };
  bare = build "vm-test-run-web" ": > $out";
}
`,
  )
  writeFileSync(
    join(folder, 'vmproof.config.toml'),
    'file = "default.nix"\n[nix.options]\nsandbox = "false"\n',
  )
  const { code, stdout, stderr } = await shell(['web'], ['start_all()'], folder)
  expect(stdout, stderr).toMatch(new RegExp(`^driver in ${tmpdir()}/vmproof-\\w+\ngot start_all\\(\\)\n$`))
  expect(code).toBe(1)
  const none = await shell(['bare'], [], folder)
  expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('bare offers no driverInteractive')])
})
