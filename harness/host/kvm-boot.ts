import { readFileSync } from 'node:fs'
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
 * CPU time that a kernel gets for its boot. Under emulation on a slow machine the whole boot takes 2 s, under a KVM
 * that works a fraction of one, so whoever needs more is of no use. CPU time, because a loaded host must not look
 * like a broken one: a guest that hangs keeps its core busy.
 */
const cpuLimitSeconds = 3
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
  const child = startChild(qemu, optionsFor(architecture, kernel), { graceSeconds: 1 })
  const passed = () => toSeconds(performance.now() - start)
  const said = { console: '', errors: '' }
  let boot: KvmBoot | null = null
  const end = (how: KvmBoot) => {
    boot ??= how
    child.kill()
  }
  child.stdout.on('data', (bytes: Buffer) => {
    said.console = (said.console + bytes.toString('latin1')).slice(-keptOfOutput)
    if (said.console.includes(lastWords)) end({ type: 'booted', seconds: passed() })
  })
  child.stderr.on('data', (bytes: Buffer) => {
    said.errors = (said.errors + bytes.toString('latin1')).slice(-keptOfOutput)
  })
  const clock = setInterval(() => {
    const isOver = cpuSeconds(child.pid) >= cpuLimitSeconds || passed() >= clockLimitSeconds
    if (isOver) end(hanging(said.console, passed()))
  }, lookEveryMs)
  const interrupt = () => end({ type: 'interrupted' })
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    const exit = await child.exited
    return boot ?? { type: 'ended', words: wordsOf(exit, said.errors) }
  } finally {
    clearInterval(clock)
    signal.removeEventListener('abort', interrupt)
  }
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

/** Firmware may have spoken before the kernel; its lines have no time in front: `[    0.000000] Linux version 6.1`. */
function hanging(console: string, seconds: number): KvmBoot {
  const lines = console.split('\n').filter((line) => /^\[ *\d+\.\d+\] /.test(line))
  const last = lines.at(-1)
  if (last === undefined) return { type: 'silent', seconds }
  return { type: 'stuck', seconds, lastLine: oneLine(last.replace(/^\[[^\]]*\] /, '')) }
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
