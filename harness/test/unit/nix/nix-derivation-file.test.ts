import { expect, test } from 'vitest'
import { parseDerivation } from '../../../nix/derivation-file.ts'

const path = '/nix/store/fwmajgalp4lhxja6gk061c0zjsw39ysm-vm-test-run-ok.drv'

test('outputs, inputs, system and features', () => {
  const text =
    'Derive([("log","/nix/store/l","",""),("out","/nix/store/o","","")],[("/nix/store/a.drv",["dev","out"])],' +
    '["/nix/store/src"],"x86_64-linux","/bin/sh",["-c","echo \\"a\\\\b\\"\\n(])"],' +
    '[("name","ignored"),("requiredSystemFeatures","nixos-test kvm")])'
  expect(parseDerivation(path, text)).toEqual({
    path,
    name: 'vm-test-run-ok',
    system: 'x86_64-linux',
    requiredSystemFeatures: ['nixos-test', 'kvm'],
    outputs: { log: '/nix/store/l', out: '/nix/store/o' },
    inputs: [{ path: '/nix/store/a.drv', outputs: ['dev', 'out'] }],
  })
})

test('structured attributes, and an output that only the build names', () => {
  const json = JSON.stringify({ requiredSystemFeatures: ['kvm'], text: 'a"b\n' })
  const text = `Derive([("out","","r:sha256","")],[],[],"x","/bin/sh",[],[("__json",${JSON.stringify(json)})])`
  expect(parseDerivation(path, text)).toMatchObject({
    outputs: { out: null },
    requiredSystemFeatures: ['kvm'],
    inputs: [],
  })
})

test('dynamic derivations have their version in front and nested inputs', () => {
  const text =
    'DrvWithVersion("xp-dyn-drv",[("out","/nix/store/o","","")],' +
    '[("/nix/store/a.drv",(["out"],[])),("/nix/store/b.drv",["out"])],[],"x","/bin/sh",[],[])'
  const { inputs, system } = parseDerivation(path, text)
  expect(system).toBe('x')
  expect(inputs.map((input) => input.outputs)).toEqual([['out'], ['out']])
})

test('a very long text does not exhaust the stack', () => {
  const long = 'x\\n'.repeat(2_000_000)
  const text = `Derive([],[],[],"s","b",["${long}"],[("requiredSystemFeatures","kvm")])`
  expect(parseDerivation(path, text).requiredSystemFeatures).toEqual(['kvm'])
})

test.each(['', 'Derive(', 'Derive([("out"', '[]', '{"json": 1}', 'Derive([],[],[],"x"'])(
  'no derivation: %j',
  (text) => {
    expect(() => parseDerivation(path, text)).toThrow(`${path} is not a derivation`)
  },
)
