import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readProfiles } from '../../../filesystem/profile-files.ts'
import type { Profile } from '../../../model/profile.ts'
import { limitedNodes } from '../../../plan/profiles.ts'
import { constraintOf } from '../../../profile/constraint.ts'
import { constrainedInterfaces } from '../../../profile/links.ts'
import { nixosInput } from '../../../profile/nixos-input.ts'
import { linkCommands } from '../../../profile/qdisc.ts'
import { profile } from '../../helpers/profiles.ts'
import { projectRoot } from '../../helpers/project-root.ts'
import { folder, useNix } from '../nix/nix-lab.ts'

/** What the module makes of a node, as far as we look at it. */
interface Made {
  services: Record<string, { script: string; description: string; before?: string[]; requiredBy?: string[] }>
  memorySize: number | null
  cores: number | null
}

interface Node {
  name: string
  memoryMiB: number
  cores: number
  /** Card to vlan. */
  cards: Record<string, number>
  isOld: boolean
}

const nodes: Node[] = [
  { name: 'server_1', memoryMiB: 2048, cores: 2, cards: { eth1: 1, eth2: 2 }, isOld: true },
  { name: 'agent-1', memoryMiB: 1024, cores: 2, cards: { eth1: 2 }, isOld: true },
  { name: 'agent12', memoryMiB: 1024, cores: 2, cards: { eth1: 1, wan0: 3 }, isOld: false },
]

const mixed = profile('mixed', {
  links: [
    {
      nodes: 'agent*',
      on: { type: 'vlan', number: 1 },
      constraint: constraintOf({ delay: '30ms', rate: '20mbit', outage: { every: '20s', lasts: '2.5s' } }),
    },
    { nodes: 'agent??', on: { type: 'interface', name: 'wan0' }, constraint: constraintOf({ loss: '1%' }) },
    { nodes: '!agent*', on: { type: 'all' }, constraint: constraintOf({ rate: '1mbit' }) },
  ],
  limits: [
    { nodes: '*', memoryMiB: 512, cores: null },
    { nodes: 'agent-*', memoryMiB: 256, cores: 1 },
  ],
})

/** Evaluates the module for each node with as little of NixOS as it looks at. */
function make(profiles: Profile[]): Record<string, Record<string, Made>> {
  const input = join(folder(), 'input.json')
  const inputs = Object.fromEntries(profiles.map((one) => [one.name, nixosInput(one)]))
  writeFileSync(input, JSON.stringify({ inputs, nodes }))
  const expression = `
    let
      given = builtins.fromJSON (builtins.readFile ${input});
      lib = {
        mkForce = value: value;
        mkIf = condition: value: if condition then value else null;
        escapeShellArgs = words: builtins.concatStringsSep " " (map (word: "[" + word + "]") words);
      };
      config = { name, cards, isOld, ... }:
        if isOld then { networking.hostName = name; virtualisation.vlans = builtins.attrValues cards; }
        else {
          networking.hostName = "another-name";
          virtualisation = {
            vlans = [ ];
            allInterfaces = builtins.mapAttrs (_: vlan: { inherit vlan; }) cards;
            test.nodeName = name;
          };
        };
      made = argument: node:
        let result = import ${projectRoot}/suites/nixos/lib/profile.nix argument {
          inherit lib;
          config = config node;
          pkgs.iproute2 = "";
        };
        in { inherit (result.virtualisation) memorySize cores; inherit (result.systemd) services; };
      of = argument: builtins.listToAttrs (map (node: { inherit (node) name; value = made argument node; }) given.nodes);
    in builtins.mapAttrs (_: of) given.inputs`
  const args = ['--eval', '--strict', '--json', '--expr', expression]
  return JSON.parse(execFileSync('nix-instantiate', args, { encoding: 'utf8' }))
}

const words = (command: string[]) => command.map((word) => `[${word}]`).join(' ')

test('NixOS gets the commands, for the cards and nodes, that our own driver gets', () => {
  useNix()
  const profiles = [mixed, ...readProfiles([join(projectRoot, 'profiles')], null)]
  const made = make(profiles)
  for (const one of profiles) {
    const cards = nodes.flatMap(({ name, cards }) =>
      Object.entries(cards).map(([card, vlan]) => ({ node: name, interface: card, vlan })),
    )
    const expected = constrainedInterfaces(one, cards).map(({ node, interface: card, constraint }) => {
      const script = linkCommands(card, constraint).apply.map(words)
      return [node, `vmproof-constrain-${card}`, script]
    })
    const seen = nodes.flatMap(({ name }) =>
      Object.entries(made[one.name]?.[name]?.services ?? {})
        .filter(([unit]) => unit.startsWith('vmproof-constrain-'))
        .map(([unit, { script }]) => [name, unit, script.split('\n').slice(1, -3)]),
    )
    expect(seen, one.name).toEqual(expected)
    expect(
      nodes.map(({ name, ...node }) => ({
        memoryMiB: made[one.name]?.[name]?.memorySize ?? node.memoryMiB,
        cores: made[one.name]?.[name]?.cores ?? node.cores,
      })),
    ).toEqual(limitedNodes(nodes, one).map(({ memoryMiB, cores }) => ({ memoryMiB, cores })))
  }
})

test('a shell waits for the constraint, and outages have a unit of their own', () => {
  useNix()
  const services = make([mixed]).mixed?.agent12?.services ?? {}
  expect(Object.keys(services).sort()).toEqual([
    ...['vmproof-constrain-eth1', 'vmproof-constrain-wan0', 'vmproof-outages-eth1'],
  ])
  expect(services['vmproof-constrain-wan0']).toMatchObject({
    before: expect.arrayContaining(['backdoor.service']),
    requiredBy: ['backdoor.service'],
    // systemd takes a single % for the beginning of something.
    description: 'Constraint of a profile on wan0: loss 1%%',
    script: expect.stringMatching(/^set -e\n[\s\S]*\n\[echo\] \[vmproof: constrained wan0: loss 1%\]\n/),
  })
  expect(services['vmproof-outages-eth1']?.script).toMatch(
    /^while sleep 17\.5; do\n {2}\[tc\].*\[random\] \[100%\]\n {2}sleep 2\.5\n {2}\[tc\][^%]*\ndone\n$/,
  )
})
