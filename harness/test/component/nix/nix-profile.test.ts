import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DescribedCheck } from '../../../model/check.ts'
import type { Profile } from '../../../model/profile.ts'
import type { CheckPlace } from '../../../run/ports.ts'
import { delaying, profile } from '../../helpers/profiles.ts'
import { attempt, derivation, describeAll, flake, folder, lab, useNix } from './nix-lab.ts'

/**
 * Nix code for a test as nixpkgs makes one: built again for each module that its nodes are extended with, here as far as
 * the scripts of the units go, and with a limit of time that is part of it.
 * @param extension what else it offers, made of `test`: a function from a module and a limit to such a test
 */
function extensible(extension: string): string {
  const build = 'echo "$script limit $limit"; echo > $out'
  return `(let
    lib = {
      mkForce = value: value;
      mkIf = condition: value: if condition then value else null;
      escapeShellArgs = builtins.concatStringsSep " ";
    };
    node = module: module {
      inherit lib;
      pkgs.iproute2 = "";
      config = { networking.hostName = "agent"; virtualisation = { vlans = [ 1 ]; memorySize = 512; cores = 2; }; };
    };
    test = module: limit: let extended = if module == null then { } else node module; in
      (${derivation(
        'vm-test-run-a',
        build,
        `requiredSystemFeatures = [ "nixos-test" ]; inherit limit;
         script = (extended.systemd.services.vmproof-constrain-eth1 or { script = "bare"; }).script;`,
      )}) // {
        nodes.agent.virtualisation = {
          memorySize = let more = extended.virtualisation.memorySize or null; in if more == null then 512 else more;
          cores = 2;
        };
        config.globalTimeout = limit;
        ${extension}
      };
  in test null 100)`
}

const extendNixOS = 'extendNixOS = { module, ... }: test module limit;'
// As call-test.nix: a list of modules of the test, of which "defaults" is one for all nodes.
const extend = `extend = { modules, ... }: builtins.foldl' (before: one:
  if one ? globalTimeout then test module one.globalTimeout.content else test one.defaults limit
) null modules;`

const slow = delaying('slow', '50ms')

async function describe(source: CheckPlace, under: Profile | null): Promise<DescribedCheck> {
  const [check] = await describeAll(source, undefined, under)
  if (!check) throw new Error('the source has no check')
  return check
}

const pathOf = ({ metadata }: DescribedCheck) => metadata?.derivation?.path

test.each([
  ['extendNixOS', extendNixOS],
  ['extend', extend],
])('a profile enters the derivation by %s, without changing the test itself', async (_, extension) => {
  useNix()
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${extensible(extension)};`) } })
  const bare = await describe(source, null)
  const constrained = await describe(source, slow)
  const paths = [
    pathOf(bare),
    pathOf(constrained),
    pathOf(await describe(source, delaying('slower', '60ms'))),
    pathOf(await describe(source, delaying('renamed', '50ms'))),
    pathOf(await describe(source, profile('baseline'))),
    pathOf(await describe(source, profile('patient', { timeoutFactor: 2 }))),
  ]
  expect(new Set(paths.slice(0, 3)).size).toBe(3)
  // What a derivation is made of is what the profile does, not what it is called.
  expect(paths.slice(3)).toEqual([paths[1], paths[0], paths[0]])
  expect(constrained.metadata?.whyNoProfile).toBeNull()
})

test('the constraint runs in the build, and limits are those of the nodes', async () => {
  useNix()
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${extensible(extendNixOS)};`) } })
  const small = delaying('small', '50ms', { limits: [{ nodes: 'agent', memoryMiB: 256, cores: null }] })
  const described = await describe(source, small)
  expect(described.metadata?.nodes).toEqual([{ name: 'agent', memoryMiB: 256, cores: 2, system: null }])
  const { log, execution, end } = await attempt(source, {}, undefined, small)
  expect({ execution, end }).toEqual({
    execution: 'executed',
    end: { type: 'succeeded', outputDiffers: false },
  })
  expect(log).toContain('tc qdisc replace dev eth1 root handle 10: netem limit 4129 delay 50000us\n')
  expect(log).toContain('echo vmproof: constrained eth1: delay 50ms\n')
  expect(log).toContain(' limit 100\n')
})

test("a profile that takes longer gives the driver's own limit more time where a test lets it", async () => {
  useNix()
  const both = `${extendNixOS} extend = { modules }: test module (builtins.head modules).globalTimeout.content;`
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${extensible(both)};`) } })
  const patient = delaying('patient', '50ms', { timeoutFactor: 1.5 })
  expect((await attempt(source, {}, undefined, patient)).log).toContain(' limit 150\n')
})

test('what is remembered holds for a profile of this content', async () => {
  useNix()
  const ref = flake(`a = ${extensible(extendNixOS)};`)
  const cacheFolder = folder()
  const evaluationsUnder = async (under: Profile | null, ours?: string) => {
    const module = ours === undefined ? {} : { profileModule: ours }
    const { source, evaluated } = lab({ target: { type: 'flake', ref }, cacheFolder, ...module })
    await describe(source, under)
    return evaluated.length
  }
  expect(await evaluationsUnder(null)).toBe(1)
  expect(await evaluationsUnder(slow)).toBe(1)
  expect(await evaluationsUnder(slow)).toBe(0)
  expect(await evaluationsUnder(delaying('slow', '51ms'))).toBe(1)
  expect(await evaluationsUnder(slow)).toBe(0)
  expect(await evaluationsUnder(null)).toBe(0)
  const other = join(folder(), 'profile.nix')
  writeFileSync(other, '_: _: { }')
  expect(await evaluationsUnder(slow, other)).toBe(1)
})

test.each([
  ['nothing', derivation('vm-test-run-a', 'echo > $out', 'requiredSystemFeatures = [ "nixos-test" ];')],
  // Package sets have an extend, too.
  [
    'an extend of something else',
    `(${derivation('vm-test-run-a', 'echo > $out')}) // { extend = _: throw "no"; }`,
  ],
])('a test that offers %s says why no profile can be put on it', async (_, code) => {
  useNix()
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${code};`) } })
  const { metadata, error } = await describe(source, slow)
  expect(error).toBeNull()
  expect(metadata?.whyNoProfile).toBe(
    'no profile can be put on it: it offers neither extendNixOS nor extend, as the tests of nixpkgs do',
  )
})

test('what a check declares of itself, on it and not on its test, stays', async () => {
  useNix()
  const declared =
    'vmproof = { tags = [ "mine" ]; profiles = [ "slow" ]; timeout = 7; }; meta.description = "d";'
  const code = `(${extensible(extendNixOS)}) // { ${declared} }`
  const { source } = lab({ target: { type: 'flake', ref: flake(`a = ${code};`) } })
  expect((await describe(source, slow)).metadata).toMatchObject({
    ...{ tags: ['mine'], profiles: ['slow'], timeoutSeconds: 7, description: 'd' },
  })
})
