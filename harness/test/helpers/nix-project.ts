import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from './scratch.ts'

/**
 * A folder with a Nix file whose checks are shell scripts, built for real outside of a sandbox. Each takes the
 * shape of a VM test; `$out` is made when the script ends with 0.
 * @param checks script by name @param config appended to vmproof.config.toml
 */
export function nixProject(checks: Record<string, string>, config = ''): string {
  const folder = scratchFolder()
  const attributes = Object.entries(checks).map(
    ([name, script]) => `  ${JSON.stringify(name)} = check ${JSON.stringify(name)} ${nixString(script)};`,
  )
  writeFileSync(
    join(folder, 'default.nix'),
    `let
  check = name: script: derivation {
    name = "vm-test-run-\${name}";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    # Two tests never share a store path.
    salt = ${JSON.stringify(folder)};
    args = [ "-c" "set -e; \${script}\\n: > $out" ];
  };
in {
${attributes.join('\n')}
}
`,
  )
  const options = '[nix.options]\nsandbox = "false"\n'
  writeFileSync(join(folder, 'vmproof.config.toml'), `file = "default.nix"\n${options}${config}`)
  return folder
}

function nixString(text: string): string {
  return JSON.stringify(text).replaceAll('${', '\\${')
}
