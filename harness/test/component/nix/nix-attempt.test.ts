import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { defaultConfig } from '../../../model/config.ts'
import { attempt, derivation, describeAll, flake, folder, isRunning, lab, useNix } from './nix-lab.ts'

/** As the garbage collector does: the output of a check does not refer to what it was made from. */
async function forgetInput(source: ReturnType<typeof sourceOf>): Promise<void> {
  const [check] = await describeAll(source)
  const derivation = check?.metadata?.derivation?.path ?? ''
  const references = execFileSync('nix-store', ['--query', '--references', derivation], { encoding: 'utf8' })
  const input = references.split('\n').find((path) => path.endsWith('.drv')) ?? ''
  const output = execFileSync('nix-store', ['--query', '--outputs', input], { encoding: 'utf8' }).trim()
  execFileSync('nix-store', ['--delete', output], { stdio: 'ignore' })
}

function sourceOf(check: string) {
  return lab({ target: { type: 'flake', ref: flake(`check = ${check};`) } }).source
}

/** An attempt, and the seconds of it that are not counted as the check's own. However slow the host, a sleep is in them. */
async function timed(source: ReturnType<typeof sourceOf>) {
  const start = performance.now()
  const result = await attempt(source)
  return { result, elsewhere: (performance.now() - start) / 1000 - (result.seconds ?? 0) }
}

test('the first run executes, and so does the second, whose output is valid already', async () => {
  useNix()
  const source = sourceOf(derivation('vm-test-run-ok', 'echo one; echo two >&2; echo > $out'))
  for (const stages of [
    ['realising-inputs', 'building', 'running'],
    ['realising-inputs', 'running'],
  ]) {
    const result = await attempt(source)
    expect(result).toMatchObject({ execution: 'executed', end: { type: 'succeeded', outputDiffers: false } })
    expect(result.log).toBe('one\ntwo\n')
    expect(result.stages).toEqual(stages)
    // A builder of a millisecond may start and end between two looks at it.
    expect(result.seconds).toBeTypeOf('number')
  }
})

test('without force a valid output is reported as cached, with the log of the run that made it', async () => {
  useNix()
  const source = sourceOf(derivation('vm-test-run-ok', 'echo told earlier; echo > $out'))
  await attempt(source)
  const result = await attempt(source, { force: false })
  expect(result).toMatchObject({ execution: 'cached', end: { type: 'succeeded' }, seconds: null, log: '' })
  const [check] = await describeAll(source)
  const instance = { metadata: check?.metadata } as Parameters<NonNullable<typeof source.earlierLog>>[0]
  const earlier = await source.earlierLog?.(instance, new AbortController().signal)
  expect(await textOf(earlier ?? null)).toBe('told earlier\n')
})

test('a result from a binary cache is reported as that, and a forced run does not take it', async () => {
  const cache = folder()
  useNix('kvm', `substituters = file://${cache}\nrequire-sigs = false`)
  const source = sourceOf(derivation('vm-test-run-ok', 'echo ran; echo > $out'))
  await attempt(source)
  const [check] = await describeAll(source)
  const output = check?.metadata?.derivation?.outputs.out ?? ''
  execFileSync('nix', ['copy', '--to', `file://${cache}`, output], { stdio: 'ignore' })
  const forget = () => execFileSync('nix-store', ['--delete', output], { stdio: 'ignore' })
  forget()
  expect(await attempt(source, { force: false })).toMatchObject({ execution: 'substituted', log: '' })
  forget()
  expect(await attempt(source)).toMatchObject({ execution: 'executed', log: 'ran\n' })
})

test('a content-addressed check is executed each time', async () => {
  useNix('kvm', 'experimental-features = nix-command flakes ca-derivations')
  const addressed = '__contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";'
  const source = sourceOf(derivation('vm-test-run-ca', 'echo ran; echo > $out', addressed))
  for (const _ of ['first', 'second']) {
    expect(await attempt(source)).toMatchObject({ execution: 'executed', log: 'ran\n' })
  }
})

test('there is no earlier log of what never ran', async () => {
  useNix()
  const source = sourceOf(derivation('vm-test-run-new', 'echo > $out'))
  const [check] = await describeAll(source)
  const instance = { metadata: check?.metadata } as Parameters<NonNullable<typeof source.earlierLog>>[0]
  expect(await source.earlierLog?.(instance, new AbortController().signal)).toBeNull()
})

test('a finished test whose output differs has succeeded', async () => {
  useNix()
  const source = sourceOf(derivation('vm-test-run-time', 'date +%s%N > $out'))
  await attempt(source)
  const result = await attempt(source)
  expect(result).toMatchObject({ execution: 'executed', end: { type: 'succeeded', outputDiffers: true } })
})

test('a failing builder is the check, a failing input is not', async () => {
  useNix()
  const failing = await attempt(sourceOf(derivation('vm-test-run-bad', 'echo no; exit 3')))
  expect(failing).toMatchObject({
    execution: 'executed',
    end: { type: 'builder-failed', message: 'the builder failed with exit code 3' },
    log: 'no\n',
    details: ['no'],
  })
  const input = derivation('some-package', 'echo the compiler broke; exit 2')
  const broken = await attempt(sourceOf(derivation('vm-test-run-x', 'echo > $out', `input = ${input};`)))
  expect(broken).toMatchObject({
    execution: 'unknown',
    end: { type: 'broken', kind: 'build', message: 'its input some-package failed with exit code 2' },
    seconds: null,
    log: '',
  })
  expect(broken.details[0]).toBe('the compiler broke')
})

test('the log of an input is not the log of the check, nor is its time', async () => {
  useNix()
  const input = derivation('slow-package', 'echo from the input; sleep 2; echo > $out')
  const check = derivation('vm-test-run-x', 'echo from the check; echo > $out', `input = ${input};`)
  const { result, elsewhere } = await timed(sourceOf(check))
  expect(result.log).toBe('from the check\n')
  expect(elsewhere).toBeGreaterThanOrEqual(2)
})

test('an input that was collected is made anew before a rebuild, and not in its time', async () => {
  useNix()
  const ran = join(folder(), 'ran')
  const script = `echo from the input; test ! -e ${ran} || sleep 2; touch ${ran}; echo > $out`
  const check = derivation(
    'vm-test-run-x',
    'echo from the check; echo > $out',
    `input = ${derivation('slow-package', script)};`,
  )
  const source = sourceOf(check)
  await attempt(source)
  await forgetInput(source)
  const { result, elsewhere } = await timed(source)
  expect(result).toMatchObject({ execution: 'executed', end: { type: 'succeeded' } })
  expect(result.log).toBe('from the check\n')
  expect(elsewhere).toBeGreaterThanOrEqual(2)
})

test('an input that was collected and cannot be made again breaks the rebuild and is named', async () => {
  useNix()
  const ran = join(folder(), 'ran')
  const script = `test ! -e ${ran} || { echo no luck; exit 7; }; touch ${ran}; echo > $out`
  const check = derivation(
    'vm-test-run-x',
    'echo > $out',
    `input = ${derivation('unlucky-package', script)};`,
  )
  const source = sourceOf(check)
  await attempt(source)
  await forgetInput(source)
  const result = await attempt(source)
  expect(result).toMatchObject({ execution: 'unknown', log: '', seconds: null })
  expect(result.end).toMatchObject({ type: 'broken', kind: 'build' })
  expect(result.end).toMatchObject({ message: expect.stringContaining('its input unlucky-package') })
  expect(result.details[0]).toBe('no luck')
})

test('what a crash left at the path of an output is no output', async () => {
  useNix()
  const source = sourceOf(derivation('vm-test-run-x', 'echo ran; echo > $out'))
  const [check] = await describeAll(source)
  writeFileSync(check?.metadata?.derivation?.outputs.out ?? '', 'torn')
  expect(await attempt(source)).toMatchObject({ execution: 'executed', log: 'ran\n' })
})

test('bytes of a guest arrive as one line each, escape codes included', async () => {
  useNix()
  const script = "printf '\\033[2Jboot\\n\\n\\tindented\\nno newline at the end'; echo > $out"
  const result = await attempt(sourceOf(derivation('vm-test-run-x', script)))
  expect(result.log).toBe('\u001b[2Jboot\n\n\tindented\nno newline at the end\n')
})

test('a missing feature is told before anything is built; tcg announces kvm', async () => {
  useNix('nixos-test')
  const features = 'requiredSystemFeatures = [ "nixos-test" "kvm" ];'
  const input = derivation('closure', 'echo > $out')
  const check = derivation('vm-test-run-x', 'echo ran; echo > $out', `${features} input = ${input};`)
  const source = sourceOf(check)
  const refused = await attempt(source)
  expect(refused.end).toEqual({
    type: 'broken',
    kind: 'host',
    message:
      'needs the Nix system feature kvm, which this host does not have: --accel tcg runs it without KVM, slowly',
  })
  expect(refused.stages).toEqual([])
  expect(await attempt(source, { accel: 'tcg' })).toMatchObject({ execution: 'executed', log: 'ran\n' })
})

test('fitness names a foreign system and is silent where all is well', async () => {
  useNix()
  const [fits] = await describeAll(sourceOf(derivation('vm-test-run-x', 'echo > $out')))
  const source = sourceOf(derivation('vm-test-run-x', 'echo > $out'))
  if (!fits?.metadata?.derivation) throw new Error('not described')
  expect(await source.fitness(fits, 'auto')).toEqual({ whyNot: null, accelerator: null })
  const foreign = { ...fits.metadata.derivation, system: 'riscv64-linux' }
  const metadata = { ...fits.metadata, derivation: foreign }
  const { whyNot } = await source.fitness({ ...fits, metadata }, 'auto')
  expect(whyNot).toMatch(/^is for riscv64-linux, and Nix here builds only for /)
})

const stubborn = (mark: string) =>
  // A builder that ignores signals, a child in a session of its own, and a daemon whose parent is gone.
  `trap "" TERM INT HUP; setsid sleep ${mark}1 </dev/null >/dev/null 2>&1 & ` +
  `(setsid sleep ${mark}2 & ) </dev/null >/dev/null 2>&1; echo started; sleep ${mark}3; sleep ${mark}3`

test('over its time it is stopped, and nothing of it lives on', async () => {
  useNix()
  const mark = `7${process.pid}`
  const result = await attempt(sourceOf(derivation('vm-test-run-x', stubborn(mark))), { timeoutSeconds: 1 })
  expect(result).toMatchObject({ execution: 'executed', end: { type: 'timed-out' }, log: 'started\n' })
  expect(isRunning(`sleep\0${mark}`)).toBe(false)
})

test('an abort ends the builder and its descendants', async () => {
  useNix()
  const mark = `8${process.pid}`
  const abort = new AbortController()
  const running = attempt(sourceOf(derivation('vm-test-run-x', stubborn(mark))), {}, abort.signal)
  while (!isRunning(`sleep\0${mark}3`)) await sleep(50)
  abort.abort()
  expect((await running).end).toEqual({ type: 'interrupted' })
  expect(isRunning(`sleep\0${mark}`)).toBe(false)
})

test("Nix's own timeout is recognised", async () => {
  useNix()
  const { source } = lab({
    target: { type: 'flake', ref: flake(`check = ${derivation('vm-test-run-x', 'sleep 60')};`) },
    config: {
      ...defaultConfig('/'),
      nix: { options: { 'max-silent-time': '1' }, evaluationMemoryMiB: 4096 },
    },
  })
  expect((await attempt(source)).end).toEqual({
    type: 'timed-out',
    message: 'Nix stopped it: its setting max-silent-time is 1 s',
  })
})

test('two harnesses that force the same check each execute it', async () => {
  useNix()
  const ref = flake(`check = ${derivation('vm-test-run-x', 'echo ran; sleep 1; echo > $out')};`)
  const sources = [1, 2].map(() => lab({ target: { type: 'flake', ref } }).source)
  const results = await Promise.all(sources.map((source) => attempt(source)))
  for (const result of results) {
    expect(result).toMatchObject({ execution: 'executed', end: { type: 'succeeded' }, log: 'ran\n' })
  }
  expect(results.some((result) => result.stages.includes('waiting-for-lock'))).toBe(true)
})

/** A check that was described, and whose derivation was then taken by the garbage collector. */
async function collected() {
  const ref = flake(`check = ${derivation('vm-test-run-x', 'echo ran; echo > $out')};`)
  const { source } = lab({ target: { type: 'flake', ref } })
  const described = await describeAll(source)
  const path = described[0]?.metadata?.derivation?.path ?? ''
  execFileSync('nix-store', ['--delete', path], { stdio: 'ignore' })
  expect(existsSync(path)).toBe(false)
  const waited = {
    ...source,
    describe: async function* () {
      yield* described
    },
  }
  return { ref, path, waited }
}

test('a check whose derivation was collected while it waited is executed all the same', async () => {
  useNix()
  const { waited } = await collected()
  expect(await attempt(waited)).toMatchObject({ execution: 'executed', log: 'ran\n' })
})

test('a derivation that was collected and cannot be had again is a broken build', async () => {
  useNix()
  const { ref, path, waited } = await collected()
  writeFileSync(join(ref, 'flake.nix'), 'no longer a flake')
  const message = `${path} is not in the store`
  expect((await attempt(waited)).end).toEqual({ type: 'broken', kind: 'build', message })
})

async function textOf(bytes: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
