import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A driver's log of a script that passes, as the builder prints it line by line. */
const log = [
  'start all VLans',
  '(finished: start all VLans, in 0.00 seconds)',
  'run the VM test script',
  'machine: must succeed: true',
  '(finished: must succeed: true, in 0.01 seconds)',
  'machine # [    0.000000] Linux version 6.1.0 (builder@host)',
  '(finished: run the VM test script, in 1.00 seconds)',
  'test script finished in 1.00s',
  'cleanup',
  '(finished: cleanup, in 0.00 seconds)',
]

/** The Nix system of this host. */
export const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`

/** A project on disk. */
export interface Sleepers {
  /** With a default.nix, a flake.nix and a configuration; the checks are called check-1, check-2 ... */
  folder: string
  remove(): void
}

/** A project whose checks are builds that print a driver's log and sleep: what the harness adds is then visible. */
export function sleepers(count: number, seconds: number): Sleepers {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-'))
  const print = log.map((line) => `echo '${line}'`)
  const script = [...print.slice(0, 4), `sleep ${seconds}`, ...print.slice(4), 'echo done > $out'].join('\n')
  writeFileSync(
    join(folder, 'default.nix'),
    `{ system ? builtins.currentSystem }:
let
  common = {
    inherit system;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    salt = ${JSON.stringify(folder)};
  };
  input = name: derivation (common // { name = "input-of-\${name}"; args = [ "-c" "echo > $out" ]; });
  check = name: derivation (common // {
    name = "vm-test-run-\${name}";
    input = input name;
    args = [ "-c" ''${script}'' ];
  });
in builtins.listToAttrs (map (number: rec {
  name = "check-\${toString number}";
  value = check name;
}) (builtins.genList (index: index + 1) ${count}))
`,
  )
  writeFileSync(
    join(folder, 'vmproof.config.toml'),
    'file = "default.nix"\n[nix.options]\nsandbox = "false"\nbuild-users-group = ""\nsubstituters = ""\n',
  )
  writeFileSync(
    join(folder, 'flake.nix'),
    `{ outputs = _: { checks.${system} = import ./default.nix { system = "${system}"; }; }; }`,
  )
  writeFileSync(join(folder, '.gitignore'), 'reports\n')
  execFileSync('git', ['init', '-q', folder])
  execFileSync('git', ['-C', folder, 'add', '.'])
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
