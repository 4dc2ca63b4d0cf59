import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainText } from '../log/nix-text.ts'
import type { AttemptEnd } from '../model/attempt-end.ts'
import { toSeconds } from '../model/units.ts'
import { type Child, type ChildExit, startChild } from '../process/child.ts'
import { makeFolders } from '../process/make-folders.ts'
import type { AttemptObserver, AttemptRequest, AttemptResult } from '../run/ports.ts'
import { without } from './build-attempt.ts'
import { readDerivationFile } from './derivation-file.ts'
import { explain } from './inputs.ts'
import { endProcessesWith } from './leftovers.ts'
import type { NixHost } from './nix-host.ts'
import { realise } from './realise.ts'

/** Marks every process of one attempt, also those that left the process tree. */
export const mark = 'VMPROOF_ATTEMPT'

/** Builds the check's driver and runs it here, outside of the Nix sandbox: it always executes. */
export async function attemptDriver(
  host: NixHost,
  request: AttemptRequest,
  observer: AttemptObserver,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { metadata, check } = request.instance
  const derivation = metadata?.driverDerivation
  if (!derivation) {
    const message = `${check.name} offers no driver attribute: run it with --via build`
    return without({ type: 'broken', kind: 'build', message })
  }
  observer.stage('realising-inputs')
  const realised = await realise(host.nix, [derivation], { signal, timeoutSeconds: null, watched: null })
  if (realised.exit.code !== 0) {
    const failure = explain(realised, derivation)
    return without(failure.end, failure.details)
  }
  const output = readDerivationFile(derivation, host.storeRoot).outputs.out
  if (!output) return without({ type: 'broken', kind: 'build', message: 'its driver has no output out' })
  observer.stage('running')
  return runDriver(join(`${host.storeRoot}${output}`, 'bin/nixos-test-driver'), request, observer, signal)
}

async function runDriver(
  program: string,
  request: AttemptRequest,
  observer: AttemptObserver,
  signal: AbortSignal,
): Promise<AttemptResult> {
  // QEMU's sockets lie in here, and a socket's path may have 107 characters at most: unix(7).
  const scratch = mkdtempSync(join(tmpdir(), 'vmproof-'))
  const output = join(request.folder, 'output')
  makeFolders(output)
  const id = randomUUID()
  const startedAt = performance.now()
  try {
    const child = startDriver(program, { output, scratch, id, accel: request.accel })
    const watch = setInterval(() => endLeftovers(child, id), leftoverCheckMs)
    const { exit, stopped, last } = await follow(child, request, { observer, signal }).finally(() =>
      clearInterval(watch),
    )
    const seconds = toSeconds(performance.now() - startedAt)
    const notes = ['run by the driver on this host, outside of the Nix sandbox']
    const end = endOfDriver(exit, stopped)
    const details =
      end.type === 'builder-failed' ? plainText(String(last)).trimEnd().split('\n').slice(-20) : []
    return { execution: 'executed', end, seconds, notes, details }
  } finally {
    await endProcessesWith(mark, id)
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * One pipe for both streams keeps their order; unbuffered, because Python otherwise holds back the script's
 * prints when it sees no terminal.
 */
function startDriver(
  program: string,
  { output, scratch, id, accel }: { output: string; scratch: string; id: string; accel: string },
): Child {
  return startChild('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', program, '-o', output], {
    cwd: scratch,
    env: { ...driverEnvironment({ scratch, id, accel }), PYTHONUNBUFFERED: '1' },
  })
}

/** Where a driver keeps its sockets and how its VMs are accelerated. @param id of the attempt, on all its processes */
export function driverEnvironment({ scratch, id, accel }: { scratch: string; id: string; accel: string }) {
  const qemuOptions = [process.env.QEMU_OPTS, accel === 'tcg' ? '-machine accel=tcg' : null]
  return {
    TMPDIR: scratch,
    XDG_RUNTIME_DIR: undefined,
    QEMU_OPTS: qemuOptions.filter(Boolean).join(' ') || undefined,
    [mark]: id,
  }
}

/** What a finished driver left behind would hold its output open for as long as it lives. */
function endLeftovers({ pid }: Child, id: string): void {
  if (pid !== undefined && !isAlive(pid)) void endProcessesWith(mark, id)
}

const leftoverCheckMs = 200

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

type Stopped = 'timeout' | 'interrupted' | null

interface Followed {
  exit: ChildExit
  stopped: Stopped
  /** The end of what it said. */
  last: Buffer
}

const lastBytes = 4096

async function follow(
  child: Child,
  request: AttemptRequest,
  { observer, signal }: { observer: AttemptObserver; signal: AbortSignal },
): Promise<Followed> {
  let stopped: Stopped = null
  let last: Buffer = Buffer.alloc(0)
  const stop = (why: Stopped) => {
    stopped ??= why
    void child.stop()
  }
  const interrupt = () => stop('interrupted')
  const timer = setTimeout(() => stop('timeout'), request.timeoutSeconds * 1000)
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt, { once: true })
  child.stderr.resume()
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      observer.log(chunk)
      last = Buffer.concat([last, chunk]).subarray(-lastBytes)
    }
    return { exit: await child.exited, stopped, last }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

function endOfDriver({ code, signal, startError }: ChildExit, stopped: Stopped): AttemptEnd {
  if (stopped === 'interrupted') return { type: 'interrupted' }
  if (stopped === 'timeout') return { type: 'timed-out', message: '' }
  if (startError) return { type: 'broken', kind: 'host', message: `the driver did not start: ${startError}` }
  if (code === 0) return { type: 'succeeded', outputDiffers: false }
  const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`
  return { type: 'builder-failed', message: `the driver ${how}` }
}
