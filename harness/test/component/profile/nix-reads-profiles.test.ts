import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { projectRoot } from '../../helpers/project-root.ts'
import { useNix } from '../nix/nix-lab.ts'

const folder = join(projectRoot, 'profiles')

test('Nix reads the profiles as we do', () => {
  useNix()
  const files = readdirSync(folder).filter((name) => name.endsWith('.toml'))
  const list = files.map((name) => `"${name}"`).join(' ')
  const expression = `builtins.listToAttrs (map (name: {
    inherit name;
    value = builtins.fromTOML (builtins.readFile (${JSON.stringify(folder)} + "/\${name}"));
  }) [ ${list} ])`
  const read = execFileSync('nix', ['eval', '--impure', '--json', '--expr', expression], { encoding: 'utf8' })
  const ours = files.map((name) => [name, parse(readFileSync(join(folder, name), 'utf8'))])
  expect(JSON.parse(read)).toEqual(Object.fromEntries(ours))
  expect(files.length).toBeGreaterThan(5)
})
