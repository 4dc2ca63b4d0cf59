import { expect, test } from 'vitest'
import { recogniseFailure } from '../../../log/nix-messages.ts'

const drv = '/nix/store/r0cb28q6qhymqnwh2kx43ic5s8slq2vq-vm-test-run-bad.drv'
const red = (text: string) => `\u001b[31;1m${text}\u001b[0m`

test.each([
  [`${red('error:')} builder for '${red(drv)}' failed with exit code 3`, 'failed with exit code 3', 3, null],
  [
    `builder for '${drv}' failed with exit code 3;\nlast 2 log lines:\n> x\nFor full logs, run 'nix log'`,
    'failed with exit code 3',
    3,
    null,
  ],
  [`builder for '${drv}' failed due to signal 9 (Killed)`, 'failed due to signal 9 (Killed)', null, 9],
  [
    `builder for '${drv}' failed to produce output path '/nix/store/x'`,
    "failed to produce output path '/nix/store/x'",
    null,
    null,
  ],
  [
    `Cannot build '${drv}'.\nReason: ${red('builder failed with exit code 1')}.\nOutput paths:\n  /nix/store/x`,
    'failed with exit code 1',
    1,
    null,
  ],
])('builder: %s', (text, reason, exitCode, signal) => {
  expect(recogniseFailure(text)).toEqual({ type: 'builderFailed', derivation: drv, reason, exitCode, signal })
})

test.each([
  `${red('error:')} ${red('1')} dependencies of derivation '${red(drv)}' failed to build`,
  `Cannot build '${drv}'.\nReason: ${red('1 dependency failed')}.`,
  `Cannot build '${drv}'.\nReason: 2 dependencies failed.\nOutput paths:\n  /nix/store/x`,
])('dependency: %s', (text) => {
  expect(recogniseFailure(text)).toEqual({ type: 'dependencyFailed', derivation: drv })
})

test.each([
  `a '${red('x86_64-linux')}' with features {${red('kvm, nixos-test')}} is required to build '${drv}', but I am a 'x86_64-linux' with features {big-parallel}`,
  `Cannot build '${drv}'.\nReason: required system or feature not available\nRequired system: 'x86_64-linux' with features {kvm, nixos-test}\nCurrent system: 'x86_64-linux' with features {big-parallel}`,
  `Cannot build '${drv}'.\nReason: missing system features\nRequired features: {kvm, nixos-test}\nAvailable features: {big-parallel}`,
])('features: %s', (text) => {
  const failure = { type: 'missingFeatures', required: ['kvm', 'nixos-test'], available: ['big-parallel'] }
  expect(recogniseFailure(text)).toEqual(failure)
})

test.each([
  `a 'aarch64-linux' with features {} is required to build '${drv}', but I am a 'x86_64-linux' with features {kvm}`,
  `Cannot build '${drv}'.\nReason: platform mismatch\nRequired system: 'aarch64-linux'\nCurrent system: 'x86_64-linux'`,
  `Required system: 'aarch64-linux' with features {}\nCurrent system: 'x86_64-linux' with features {kvm}`,
])('platform: %s', (text) => {
  const failure = { type: 'platformMismatch', required: 'aarch64-linux', available: 'x86_64-linux' }
  expect(recogniseFailure(text)).toEqual(failure)
})

test.each([
  [
    `building of '${drv}!out' from .drv file timed out after 2 seconds`,
    { type: 'timedOut', seconds: 2, ofSilence: false },
  ],
  [
    `building of '${drv}^*' from .drv file timed out after 60 seconds of silence`,
    { type: 'timedOut', seconds: 60, ofSilence: true },
  ],
  [
    `derivation '${drv}' may not be deterministic: output '/nix/store/x' differs`,
    { type: 'notDeterministic', derivation: drv },
  ],
  [
    `derivation '${drv}' may not be deterministic: output '/nix/store/x' differs from '/nix/store/x.check'`,
    { type: 'notDeterministic', derivation: drv },
  ],
  [
    `some outputs of '${drv}' are not valid, so checking is not possible`,
    { type: 'notCheckable', derivation: drv },
  ],
  [
    "unable to start any build; either increase '--max-jobs' or enable remote builds",
    { type: 'localBuildsDisabled' },
  ],
  [
    `Cannot build '${drv}'.\nReason: local builds are disabled (max-jobs = 0)`,
    { type: 'localBuildsDisabled' },
  ],
  [
    `builder for '${drv}' failed with exit code 1\nnote: build failure may have been caused by lack of free disk space`,
    { type: 'outOfDisk' },
  ],
  ['error: writing to file: No space left on device', { type: 'outOfDisk' }],
  ['GC Warning: Out of Memory! Heap size: 2192 MiB. Returning NULL!', { type: 'outOfMemory' }],
  ['error: out of memory', { type: 'outOfMemory' }],
  ['  what():  std::bad_alloc', { type: 'outOfMemory' }],
  ['error: interrupted by the user', { type: 'interrupted' }],
  [
    "error: path '/nix/store/x' is not valid\nmore",
    { type: 'other', message: "path '/nix/store/x' is not valid" },
  ],
  ['', { type: 'other', message: '' }],
])('%s', (text, failure) => {
  expect(recogniseFailure(text)).toEqual(failure)
})
