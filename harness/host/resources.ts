import { readFileSync } from 'node:fs'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { type CgroupMount, cgroupLevels, cgroupMounts } from './cgroups.ts'

/** What this host can give now: the tightest of the machine and of every control group around the harness. */
export interface HostResources {
  /** Memory that can be taken without swapping, in MiB. */
  availableMiB: number
  /** Memory of the machine, or of the tightest control group, in MiB. */
  totalMiB: number
  /** Whole cores, at least 1: CPU affinity and every CPU quota count. */
  cores: number
}

const mebibyte = 1024 * 1024

/** @param root where /proc and /sys are found; another folder only in tests */
export function readResources(root = '/'): HostResources {
  const mounts = cgroupMounts(root)
  const memory = mounts.flatMap((mount) => memoryLimits(root, mount))
  const machine = machineMemory(root)
  return {
    availableMiB: Math.max(
      0,
      toMiB(Math.min(machine.available, ...memory.map((one) => one.limit - one.used))),
    ),
    totalMiB: toMiB(Math.min(machine.total, ...memory.map((one) => one.limit))),
    cores: wholeCores(mounts.flatMap((mount) => cpuQuotas(root, mount))),
  }
}

function wholeCores(quotas: number[]): number {
  return Math.max(1, Math.floor(Math.min(availableParallelism(), ...quotas)))
}

/** proc(5): `MemAvailable:   23456789 kB`. Where there is no /proc, what the operating system calls free. */
function machineMemory(root: string): { total: number; available: number } {
  const text = read(join(root, 'proc/meminfo')) ?? ''
  const bytes = (field: string) => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)
    return match ? Number(match[1]) * 1024 : null
  }
  return { total: bytes('MemTotal') ?? totalmem(), available: bytes('MemAvailable') ?? freemem() }
}

interface MemoryLimit {
  limit: number
  /** Without page cache that the kernel can drop. */
  used: number
}

/** Limits of every level, in bytes: a nested group is bound by each group around it. */
function memoryLimits(root: string, mount: CgroupMount): MemoryLimit[] {
  return cgroupLevels(root, mount, 'memory').flatMap((folder): MemoryLimit[] => {
    const names = mount.version === 2 ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes']
    const limits = names.map((name) => bytesIn(join(folder, name))).filter((limit) => limit !== null)
    if (limits.length === 0) return []
    const usage = mount.version === 2 ? 'memory.current' : 'memory.usage_in_bytes'
    const cache = mount.version === 2 ? 'inactive_file' : 'total_inactive_file'
    const used = (bytesIn(join(folder, usage)) ?? 0) - (statistic(join(folder, 'memory.stat'), cache) ?? 0)
    return [{ limit: Math.min(...limits), used: Math.max(0, used) }]
  })
}

/** `200000 100000` in cpu.max, or the two files of version 1: microseconds of CPU time per period. */
function cpuQuotas(root: string, mount: CgroupMount): number[] {
  return cgroupLevels(root, mount, 'cpu').flatMap((folder) => {
    const pair =
      mount.version === 2
        ? (read(join(folder, 'cpu.max')) ?? '').trim().split(' ')
        : [read(join(folder, 'cpu.cfs_quota_us')) ?? '', read(join(folder, 'cpu.cfs_period_us')) ?? '']
    const cores = Number(pair[0]) / Number(pair[1])
    return cores > 0 && Number.isFinite(cores) ? [cores] : []
  })
}

/** null where there is no limit: `max`, no file, or version 1's huge number (2^63 rounded to a page). */
function bytesIn(file: string): number | null {
  const text = read(file)?.trim()
  if (!text || !/^\d+$/.test(text)) return null
  const bytes = Number(text)
  return bytes >= 2 ** 62 ? null : bytes
}

function statistic(file: string, name: string): number | null {
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(read(file) ?? '')
  return match ? Number(match[1]) : null
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / mebibyte)
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
