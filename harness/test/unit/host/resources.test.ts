import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readResources } from '../../../host/resources.ts'

// What the kernel shows in /proc and /sys, laid out in a folder: limits like these cannot be set everywhere.
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'resources-'))
})

afterEach(() => rmSync(root, { recursive: true }))

function lay(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const GiB = 1024 ** 3
const machine = 'MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n'
const mount2 = '30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n'

test('without control groups: MemAvailable and all cores of the affinity', () => {
  lay({ 'proc/meminfo': machine })
  expect(readResources(root)).toEqual({ availableMiB: 8192, totalMiB: 16_384, cores: availableParallelism() })
})

test('version 2: the tightest of all nested levels counts, without page cache', () => {
  lay({
    'proc/meminfo': machine,
    'proc/self/cgroup': '0::/outer.slice/inner.scope\n',
    'proc/self/mountinfo': mount2,
    'sys/fs/cgroup/outer.slice/memory.max': `${4 * GiB}\n`,
    'sys/fs/cgroup/outer.slice/memory.current': `${3 * GiB}\n`,
    'sys/fs/cgroup/outer.slice/memory.stat': `anon 1\ninactive_file ${2 * GiB}\n`,
    'sys/fs/cgroup/outer.slice/inner.scope/memory.max': 'max\n',
    'sys/fs/cgroup/outer.slice/inner.scope/memory.current': `${2 * GiB}\n`,
    'sys/fs/cgroup/outer.slice/cpu.max': '100000 100000\n',
    'sys/fs/cgroup/outer.slice/inner.scope/cpu.max': 'max 100000\n',
  })
  expect(readResources(root)).toEqual({ availableMiB: 3072, totalMiB: 4096, cores: 1 })
})

test('version 2: memory.high throttles, so it limits too', () => {
  lay({
    'proc/meminfo': machine,
    'proc/self/cgroup': '0::/\n',
    'proc/self/mountinfo': mount2,
    'sys/fs/cgroup/memory.max': `${4 * GiB}\n`,
    'sys/fs/cgroup/memory.high': `${2 * GiB}\n`,
    'sys/fs/cgroup/memory.current': `${GiB}\n`,
  })
  expect(readResources(root)).toMatchObject({ availableMiB: 1024, totalMiB: 2048 })
})

test("version 1 in a container that sees the host's group names", () => {
  lay({
    'proc/meminfo': machine,
    'proc/self/cgroup': '5:memory:/docker/1f/sub\n4:cpu,cpuacct:/docker/1f\n1:name=systemd:/docker/1f\n',
    'proc/self/mountinfo':
      '40 30 0:30 /docker/1f /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
      '41 30 0:31 /docker/1f /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 * GiB}\n`,
    'sys/fs/cgroup/memory/memory.usage_in_bytes': `${GiB}\n`,
    'sys/fs/cgroup/memory/memory.stat': `cache 5\ntotal_inactive_file ${GiB / 2}\n`,
    'sys/fs/cgroup/memory/sub/memory.limit_in_bytes': '9223372036854771712\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  })
  expect(readResources(root)).toEqual({ availableMiB: 1536, totalMiB: 2048, cores: 1 })
})

test('a version 1 quota of -1 is none', () => {
  lay({
    'proc/meminfo': machine,
    'proc/self/cgroup': '4:cpu:/\n',
    'proc/self/mountinfo': '41 30 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  })
  expect(readResources(root).cores).toBe(availableParallelism())
})

test('a group that uses more than its limit has nothing to give', () => {
  lay({
    'proc/meminfo': machine,
    'proc/self/cgroup': '0::/../elsewhere\n',
    'proc/self/mountinfo': mount2,
    'sys/fs/cgroup/memory.max': `${GiB}\n`,
    'sys/fs/cgroup/memory.current': `${2 * GiB}\n`,
  })
  expect(readResources(root).availableMiB).toBe(0)
})

test('this very host has memory and cores', () => {
  const { availableMiB, totalMiB, cores } = readResources()
  expect(availableMiB).toBeGreaterThan(0)
  expect(totalMiB).toBeGreaterThanOrEqual(availableMiB)
  expect(cores).toBeGreaterThanOrEqual(1)
})
