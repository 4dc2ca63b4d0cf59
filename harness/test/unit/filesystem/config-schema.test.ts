import { expect, test } from 'vitest'
import { checkConfig } from '../../../filesystem/config-schema.ts'
import { defaultConfig } from '../../../model/config.ts'

const defaults = defaultConfig('/project')

test('an empty file is the defaults', () => {
  expect(checkConfig({}, defaults)).toEqual(defaults)
})

test('every key arrives, units in MiB and seconds', () => {
  const file = {
    file: './default.nix',
    attr: 'tests',
    history: '../history',
    suites: 'vm',
    select: { tags: ['smoke'], 'not-tags': ['slow'] },
    checks: [{ match: 'k3s-*', tags: ['k3s'], 'vm-test': true, memory: '7G', cores: 4, timeout: '15m' }],
    quarantine: [{ check: 'k3s-*', tracker: 'T-7', until: '2026-12-31' }],
    groups: { smoke: { checks: ['smoke'] }, k3s: { checks: ['k3s-*'], needs: ['smoke'], max: 2 } },
    nix: { 'evaluation-memory': '2G', options: { sandbox: false, cores: 2, substituters: '' } },
  }
  expect(checkConfig(file, defaults)).toEqual({
    folder: '/project',
    flake: null,
    file: './default.nix',
    attr: 'tests',
    suites: ['vm'],
    history: '../history',
    select: { tags: ['smoke'], notTags: ['slow'] },
    checks: [{ match: 'k3s-*', tags: ['k3s'], vmTest: true, memoryMiB: 7168, cores: 4, timeoutSeconds: 900 }],
    quarantine: [{ check: 'k3s-*', assertion: null, tracker: 'T-7', until: '2026-12-31' }],
    groups: [
      { name: 'smoke', checks: ['smoke'], needs: [], max: null, exclusive: false },
      { name: 'k3s', checks: ['k3s-*'], needs: ['smoke'], max: 2, exclusive: false },
    ],
    nix: { evaluationMemoryMiB: 2048, options: { sandbox: 'false', cores: '2', substituters: '' } },
  })
})

test.each<[string, unknown, string, RegExp]>([
  ['a wrong type', { flake: 3 }, 'flake', /expected string/],
  ['a key that does not exist', { flak: '.' }, '', /"flak"/],
  ['a key that does not exist, inside', { checks: [{ match: 'a', mem: '1G' }] }, 'checks[0]', /"mem"/],
  [
    'an amount without a unit',
    { checks: [{ match: 'a', memory: '7' }] },
    'checks[0].memory',
    /"512M" or "7G"/,
  ],
  ['a strange duration', { checks: [{ match: 'a', timeout: 'soon' }] }, 'checks[0].timeout', /"90s"/],
  ['half a core', { checks: [{ match: 'a', cores: 0.5 }] }, 'checks[0].cores', /int/],
  ['suites that are no folders', { suites: 3 }, 'suites', /a folder or a list/],
  [
    'a day that does not exist',
    { quarantine: [{ check: 'a', tracker: 'T', until: '2026-13-01' }] },
    'quarantine[0].until',
    /2026-12-31/,
  ],
  ['a group that is none', { groups: { a: { checks: ['*'], needs: ['b'] } } }, 'groups', /a needs b/],
  ['a circle', { groups: { a: { checks: ['*'], needs: ['a'] } } }, 'groups', /a needs a/],
  ['no pattern', { checks: [{ tags: [] }] }, 'checks[0].match', /expected string/],
  ['two places', { flake: '.', file: 'x.nix' }, 'file', /not both/],
  ['attr without file', { attr: 'tests' }, 'attr', /needs file/],
  ['a list', [], '', /expected object/],
])('%s is named with its key', (_, value, key, message) => {
  expect(checkConfig(value, defaults)).toEqual([{ key, message: expect.stringMatching(message) }])
})
