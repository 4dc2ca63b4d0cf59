import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { toSeconds } from '../model/units.ts'
import { type ChildExit, startChild } from '../process/child.ts'
import { oneLine } from '../reporters/safe-text.ts'

/** Guests that a host's own KVM can run, as `uname -m` has it. */
export type KvmArchitecture = 'x86_64' | 'aarch64'

/** What became of a Linux kernel that was started under KVM. Times are seconds since QEMU's start. */
export type KvmBoot =
  | { type: 'booted'; seconds: number }
  /** It never said a word. */
  | { type: 'silent'; seconds: number }
  /** It stopped on its way. @param lastLine of its console */
  | { type: 'stuck'; seconds: number; lastLine: string }
  /** QEMU ended by itself before that. @param words its last ones */
  | { type: 'ended'; words: string }
  | { type: 'interrupted' }

/**
 * CPU time that a kernel gets for its first word, and for its whole boot. Under emulation, on a slow machine, it takes
 * 0.7 and 2 s; under a KVM that works, a fraction: whoever needs more is of no use. CPU time, because a loaded host
 * must not look like a broken one: a guest that hangs keeps its core busy.
 */
const cpuLimitSeconds = { word: 1.5, boot: 5 }
/** Time by the clock, for a guest that waits for an interrupt that never comes. */
const clockLimitSeconds = 10
const lookEveryMs = 100
/** In UTF-16 units; the console says about 2 KB. */
const keptOfOutput = 16 * 1024

/** What a kernel without a root file system says when nothing is left to boot. */
const lastWords = 'VFS: Unable to mount root fs'

/** How to call one architecture's QEMU. `-cpu host` aborts under some broken KVMs; aarch64 has no other. */
const machines: Record<KvmArchitecture, { options: string[]; console: string }> = {
  x86_64: { options: ['-machine', 'pc', '-cpu', 'qemu64'], console: 'ttyS0' },
  aarch64: { options: ['-machine', 'virt,gic-version=max', '-cpu', 'host'], console: 'ttyAMA0' },
}

/**
 * Boots a kernel under KVM until it finds no root file system: by then processor, memory, timers and interrupts have
 * worked. QEMU is gone when this returns.
 */
export async function bootUnderKvm(
  { qemu, kernel, architecture }: { qemu: string; kernel: string; architecture: KvmArchitecture },
  signal: AbortSignal,
): Promise<KvmBoot> {
  if (signal.aborted) return { type: 'interrupted' }
  const start = performance.now()
  const child = startChild(qemu, optionsFor(architecture, kernel), { graceSeconds: 1, deathSignal: 'KILL' })
  let boot: KvmBoot | null = null
  const end = (how: KvmBoot) => {
    boot ??= how
    child.kill()
  }
  const look = () => {
    const how = stateOf(said.text, toSeconds(performance.now() - start), cpuSeconds(child.pid))
    if (how) end(how)
  }
  const interrupt = () => end({ type: 'interrupted' })
  const errors = tailOf(child.stderr, () => {})
  const said = tailOf(child.stdout, look)
  const clock = setInterval(look, lookEveryMs)
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    const exit = await child.exited
    return boot ?? { type: 'ended', words: wordsOf(exit, errors.text) }
  } finally {
    clearInterval(clock)
    signal.removeEventListener('abort', interrupt)
  }
}

/** @returns null while it is still worth waiting */
function stateOf(console: string, seconds: number, cpu: number): KvmBoot | null {
  if (console.includes(lastWords)) return { type: 'booted', seconds }
  const lastLine = lastKernelLine(console)
  const limit = lastLine === null ? cpuLimitSeconds.word : cpuLimitSeconds.boot
  if (cpu < limit && seconds < clockLimitSeconds) return null
  return lastLine === null ? { type: 'silent', seconds } : { type: 'stuck', seconds, lastLine }
}

/** Keeps the end of an output. @param onMore called when there is more of it */
function tailOf(stream: Readable, onMore: () => void): { text: string } {
  const tail = { text: '' }
  stream.on('data', (bytes: Buffer) => {
    tail.text = (tail.text + bytes.toString('latin1')).slice(-keptOfOutput)
    onMore()
  })
  return tail
}

/** `loglevel=6` says the version and little more: under nested KVM each character of a serial line is slow. */
function optionsFor(architecture: KvmArchitecture, kernel: string): string[] {
  const { options, console } = machines[architecture]
  return [
    ...options,
    ...['-accel', 'kvm', '-m', '256', '-smp', '1'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-kernel', kernel, '-append', `console=${console} loglevel=6 panic=-1`],
  ]
}

/** Firmware may have spoken before the kernel, in lines without a time: `[    0.000000] Linux version 6.1.0`. */
function lastKernelLine(console: string): string | null {
  const line = console
    .split('\n')
    .filter((one) => /^\[ *\d+\.\d+\] /.test(one))
    .at(-1)
  return line === undefined ? null : oneLine(line.replace(/^\[[^\]]*\] /, ''))
}

function wordsOf({ code, signal, startError }: ChildExit, errors: string): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '' && !line.includes(': warning: '))
  return startError ?? oneLine(lines.at(-1) ?? (signal ? `signal ${signal}` : `exit code ${code}`))
}

/** proc(5), fields 14 and 15 of /proc/PID/stat, in ticks; behind the command in parentheses, which may hold anything. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return 0
  }
}

/** USER_HZ: what the kernel shows to programs is in this unit on every architecture here. */
const ticksPerSecond = 100
