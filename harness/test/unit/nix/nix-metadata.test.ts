import { expect, test } from 'vitest'
import { attributePath, nixString } from '../../../nix/expressions.ts'
import { factsOfDerivation, parseFacts, type RawFacts } from '../../../nix/facts.ts'
import { whyNotHere } from '../../../nix/fitness.ts'
import { metadataOf } from '../../../nix/metadata.ts'
import type { NixHost } from '../../../nix/nix-host.ts'
import { tagsOfName } from '../../../nix/tags.ts'

const drv = '/nix/store/fwmajgalp4lhxja6gk061c0zjsw39ysm-x.drv'

function describe(name: string, features: string[], facts: Partial<RawFacts> = {}) {
  const derivation = {
    path: drv,
    name,
    system: 'x86_64-linux',
    requiredSystemFeatures: features,
    outputs: {},
  }
  return metadataOf({ ...factsOfDerivation(drv), ...facts }, { ...derivation, inputs: [] })
}

test.each([
  ['vm-test-run-k3s', [], {}, true],
  ['anything', ['nixos-test'], {}, true],
  ['debian-test-two-vm-network', ['kvm'], { hasDriver: true, hasVmScripts: true }, true],
  ['debian-test-two-vm-network', ['kvm'], {}, true],
  ['wrapped', [], { nodes: [], hasDriver: true }, true],
  ['wrapped', ['kvm'], { hasVmScripts: true }, true],
  ['disk-image', ['kvm'], {}, false],
  ['latest-tools', ['kvm'], {}, false],
  ['lint-nixpkgs-fmt', [], {}, false],
  ['interactive', [], { hasDriver: true }, false],
])('%s with %j and %j is a VM test: %s', (name, features, facts, expected) => {
  expect(describe(name, features, facts).isVmTest).toBe(expected)
})

test('what a check declares of itself wins over meta; nonsense is ignored', () => {
  const declared = {
    tags: ['b', 3, 'a'],
    timeout: '15m',
    memory: '3G',
    cores: 2,
    accelerator: 'tcg',
    profiles: ['edge'],
  }
  expect(describe('x', [], { declared, timeoutSeconds: 60 })).toMatchObject({
    tags: ['a', 'b'],
    timeoutSeconds: 900,
    nodes: [{ name: 'all', memoryMiB: 3072, cores: 2, system: null }],
    accelerator: 'tcg',
    profiles: ['edge'],
  })
  const nonsense = { tags: 'x', timeout: 'soon', memory: -1, cores: {}, accelerator: 'hvf', profiles: 'edge' }
  expect(describe('x', [], { declared: nonsense, timeoutSeconds: 60 })).toMatchObject({
    tags: [],
    timeoutSeconds: 60,
    nodes: null,
    accelerator: null,
    profiles: null,
  })
})

test('facts of a wrong type become null', () => {
  const json = {
    derivation: drv,
    nodes: [{ name: 1, memoryMiB: '1', cores: -1 }, 7],
    timeout: 'x',
    declared: [],
  }
  expect(parseFacts(JSON.stringify(json))).toEqual({
    ...factsOfDerivation(drv),
    nodes: [{ name: '', memoryMiB: null, cores: null, system: null }],
  })
  expect(parseFacts('{"notDerivation":"set"}')).toEqual({ notDerivation: 'set' })
  for (const text of ['', 'null', '[]', '{}', '{"derivation":1}']) expect(parseFacts(text)).toBeNull()
})

test.each([
  ['k3s-cluster-vlans-systemd-boot', ['boot', 'cluster', 'k3s', 'network']],
  ['k3s-network-constraints', ['constraints', 'k3s', 'network']],
  ['nixos-smoke-vm-boot', ['boot', 'smoke']],
  ['testAarch64Storage', ['arm64', 'storage']],
  ['constructor', []],
  ['toString-__proto__', []],
])('tags of %s', (name, tags) => {
  expect(tagsOfName(name)).toEqual(tags)
})

test('Nix strings and paths', () => {
  expect(nixString(`a"b\\c${'$'}{d}\n`)).toBe(`"a\\"b\\\\c\\${'$'}{d}\\n"`)
  expect(attributePath(['checks', 'x86_64-linux', 'a.b', '1st'])).toBe('checks.x86_64-linux."a.b"."1st"')
})

const host = {
  features: ['nixos-test'],
  systems: ['x86_64-linux'],
  isLocal: true,
  hasBuilders: false,
} as NixHost

test('why a host cannot build it: one line with the choice', () => {
  const { derivation } = describe('x', ['nixos-test', 'kvm'])
  expect(whyNotHere(host, derivation, 'auto')).toMatch(/kvm, which .*: --accel tcg/)
  expect(whyNotHere(host, derivation, 'tcg')).toBeNull()
  expect(whyNotHere({ ...host, isLocal: false }, derivation, 'tcg')).toMatch(/system-features in nix\.conf/)
  expect(whyNotHere({ ...host, hasBuilders: true }, derivation, 'auto')).toBeNull()
  expect(whyNotHere({ ...host, features: ['nixos-test', 'kvm'] }, derivation, 'auto')).toBeNull()
})
