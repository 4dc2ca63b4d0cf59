import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { checkConfig, fileIssues } from '../../../filesystem/config-schema.ts'
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
    profiles: './profiles',
    select: { tags: ['smoke'], 'not-tags': ['slow'] },
    checks: [{ match: 'k3s-*', tags: ['k3s'], 'vm-test': true, memory: '7G', cores: 4, timeout: '15m' }],
    quarantine: [{ check: 'k3s-*', tracker: 'T-7', until: '2026-12-31' }],
    groups: { smoke: { checks: ['smoke'] }, k3s: { checks: ['k3s-*'], needs: ['smoke'], max: 2 } },
    run: { jobs: 2, memory: '7G', timeout: '30m', 'retry-on': 'errored', strict: true, report: ['json'] },
    labels: { all: ['on-prem'], kvm: ['kvm'], 'large-memory': { above: '8G', tags: ['big'] } },
    nix: { 'evaluation-memory': '2G', options: { sandbox: false, cores: 2, substituters: '' } },
  }
  expect(checkConfig(file, defaults)).toEqual({
    folder: '/project',
    flake: null,
    file: './default.nix',
    attr: 'tests',
    suites: ['vm'],
    profiles: ['./profiles'],
    history: '../history',
    select: { tags: ['smoke'], notTags: ['slow'] },
    run: { jobs: 2, memory: '7G', timeout: '30m', retryOn: 'errored', strict: true, report: 'json' },
    checks: [
      { match: '*', tags: [], vmTest: null, memoryMiB: null, cores: null, timeoutSeconds: 1800 },
      { match: 'k3s-*', tags: ['k3s'], vmTest: true, memoryMiB: 7168, cores: 4, timeoutSeconds: 900 },
    ],
    quarantine: [{ check: 'k3s-*', assertion: null, tracker: 'T-7', until: '2026-12-31' }],
    groups: [
      { name: 'smoke', checks: ['smoke'], needs: [], max: null, exclusive: false },
      { name: 'k3s', checks: ['k3s-*'], needs: ['smoke'], max: 2, exclusive: false },
    ],
    labels: {
      all: ['on-prem'],
      kvm: ['kvm'],
      nix: [],
      aarch64: [],
      largeMemory: { aboveMiB: 8192, tags: ['big'] },
    },
    nix: { evaluationMemoryMiB: 2048, options: { sandbox: 'false', cores: '2', substituters: '' } },
  })
})

test.each<[string, unknown, string, RegExp]>([
  ['a wrong type', { flake: 3 }, 'flake', /expected string/],
  ['a key that does not exist', { flak: '.' }, '', /"flak", did you mean flake\?/],
  ['a key that nothing is like', { zzzzzz: 1 }, '', /known here: flake, file, attr/],
  ['a setting that does not exist', { run: { retrys: 1 } }, 'run', /"retrys", did you mean retries/],
  ['half a retry', { run: { retries: 0.5 } }, 'run.retries', /a whole number, 0 or more/],
  ['a choice that does not exist', { run: { accel: 'gpu' } }, 'run.accel', /auto or kvm or tcg/],
  ['a report that does not exist', { run: { report: 'pdf' } }, 'run.report', /there are junit, json/],
  ['neither yes nor no', { run: { strict: 'yes' } }, 'run.strict', /true or false/],
  ['a label for nothing', { labels: { arm: ['a'] } }, 'labels', /there is no key "arm"/],
  [
    'a label without its bound',
    { labels: { 'large-memory': { tags: ['a'] } } },
    'labels.large-memory.above',
    /./,
  ],
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
  [
    'a day that no month has',
    { quarantine: [{ check: 'a', tracker: 'T', until: '2026-02-31' }] },
    'quarantine[0].until',
    /a day that there is/,
  ],
  [
    'an hour where a day is meant',
    { quarantine: [{ check: 'a', tracker: 'T', until: '2026-12-31T12:00:00Z' }] },
    'quarantine[0].until',
    /2026-12-31/,
  ],
  [
    'a quarantine without tracker',
    { quarantine: [{ check: 'a', until: '2026-12-31' }] },
    'quarantine[0].tracker',
    /^is missing$/,
  ],
  ['a group that is none', { groups: { a: { checks: ['*'], needs: ['b'] } } }, 'groups', /a needs b/],
  ['a circle', { groups: { a: { checks: ['*'], needs: ['a'] } } }, 'groups', /a needs a/],
  ['no pattern', { checks: [{ tags: [] }] }, 'checks[0].match', /is missing/],
  ['two places', { flake: '.', file: 'x.nix' }, 'file', /not both/],
  ['attr without file', { attr: 'tests' }, 'attr', /needs file/],
  ['a list', [], '', /expected object/],
])('%s is named with its key', (_, value, key, message) => {
  expect(checkConfig(value, defaults)).toEqual([{ key, message: expect.stringMatching(message) }])
})

test('every section is looked at, whether or not it is used', () => {
  expect(fileIssues({ sections: { ci: { run: { job: 1 }, checks: [{ match: 'a', cores: 0 }] } } })).toEqual([
    { key: 'sections.ci.run', message: 'there is no key "job", did you mean jobs?' },
    { key: 'sections.ci.checks[0].cores', message: expect.any(String) },
  ])
  expect(fileIssues({ sections: { ci: { sections: {} } } })).toMatchObject([{ key: 'sections.ci' }])
  expect(fileIssues({ sections: { nightly: { groups: { k3s: { max: 4 } } } } })).toEqual([])
})

test('a day is also what TOML calls one, and leap days are days', () => {
  const until = (text: string) => {
    const config = checkConfig(parse(`[[quarantine]]\ncheck = "a"\ntracker = "T"\nuntil = ${text}`), defaults)
    return Array.isArray(config) ? config : config.quarantine[0]?.until
  }
  expect(until('2026-12-31')).toBe('2026-12-31')
  expect(until('"2028-02-29"')).toBe('2028-02-29')
  expect(until('2026-12-31T00:00:00Z')).toMatchObject([{ key: 'quarantine[0].until' }])
})
