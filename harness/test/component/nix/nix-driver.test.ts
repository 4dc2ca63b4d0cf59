import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attempt, derivation, flake, folder, isRunning, lab, useNix } from './nix-lab.ts'

/** A check that fails when it is built, with a driver whose program is the given shell script. */
function sourceWithDriver(script: string) {
  const body = JSON.stringify(`#!/bin/sh\n${script}\n`).replaceAll('${', '\\${')
  const install = 'mkdir -p $out/bin; cp $bodyPath $out/bin/nixos-test-driver; chmod +x $out/bin/*'
  const driver = derivation('nixos-test-driver-x', install, `body = ${body}; passAsFile = [ "body" ];`)
  const check = `${derivation('vm-test-run-x', 'exit 9')} // { driver = ${driver}; }`
  return lab({ target: { type: 'flake', ref: flake(`check = ${check};`) } }).source
}

test('the driver runs here, its streams in order, its files in the folder of the attempt', async () => {
  useNix()
  const place = folder()
  const script = 'echo one; echo two >&2; echo three; echo shot > "$2/shot.png"; echo "$QEMU_OPTS"; pwd'
  const result = await attempt(sourceWithDriver(script), { via: 'driver', accel: 'tcg', folder: place })
  expect(result).toMatchObject({ execution: 'executed', end: { type: 'succeeded' } })
  const [one, two, three, qemu, scratch = ''] = result.log.split('\n')
  expect([one, two, three, qemu]).toEqual(['one', 'two', 'three', '-machine accel=tcg'])
  expect(readdirSync(join(place, 'output'))).toEqual(['shot.png'])
  expect(scratch.startsWith(tmpdir())).toBe(true)
  expect(readdirSync(tmpdir())).not.toContain(scratch.split('/').at(-1))
})

test('what a driver leaves behind ends with it', async () => {
  useNix()
  const mark = `9${process.pid}1`
  const result = await attempt(sourceWithDriver(`(setsid sleep ${mark} & ); exit 3`), { via: 'driver' })
  expect(result.end).toEqual({
    type: 'builder-failed',
    message: 'the driver failed with exit code 3',
  })
  expect(isRunning(`sleep\0${mark}`)).toBe(false)
})

test('over its time the driver and its descendants are stopped', async () => {
  useNix()
  const mark = `9${process.pid}2`
  const source = sourceWithDriver(`(setsid sleep ${mark} & ); echo on; sleep ${mark}`)
  const result = await attempt(source, { via: 'driver', timeoutSeconds: 1 })
  expect(result).toMatchObject({ end: { type: 'timed-out' }, log: 'on\n' })
  expect(isRunning(`sleep\0${mark}`)).toBe(false)
})

test('a check without a driver is told how to run', async () => {
  useNix()
  const ref = flake(`check = ${derivation('vm-test-run-x', 'echo > $out')};`)
  const result = await attempt(lab({ target: { type: 'flake', ref } }).source, { via: 'driver' })
  expect(result.end).toEqual({
    type: 'broken',
    kind: 'build',
    message: 'check offers no driver attribute: run it with --via build',
  })
})

test('a driver that cannot even begin is told with its last words', async () => {
  useNix()
  const result = await attempt(sourceWithDriver('echo "python3: no such module"; exit 126'), {
    via: 'driver',
  })
  expect(result).toMatchObject({
    end: { type: 'builder-failed', message: 'the driver failed with exit code 126' },
    details: ['python3: no such module'],
  })
})
