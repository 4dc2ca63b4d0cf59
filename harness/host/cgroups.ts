import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** One mounted hierarchy of control groups, and where in it the harness is. */
export interface CgroupMount {
  version: 1 | 2
  /** Version 1 only: what this hierarchy controls, such as `memory`. */
  controllers: string[]
  mountPoint: string
  /** Of the harness's own group, below the mount point; '' for the mount point itself. */
  path: string
}

/** @param root where /proc is found; another folder only in tests */
export function cgroupMounts(root: string): CgroupMount[] {
  const groups = ownGroups(read(join(root, 'proc/self/cgroup')))
  return read(join(root, 'proc/self/mountinfo'))
    .split('\n')
    .flatMap((line) => mountOf(line, groups))
}

/** Folders of the harness's group and of every group around it, innermost first; none for another controller. */
export function cgroupLevels(root: string, mount: CgroupMount, controller: 'memory' | 'cpu'): string[] {
  if (mount.version === 1 && !mount.controllers.includes(controller)) return []
  const parts = mount.path.split('/').filter((part) => part !== '')
  const top = join(root, mount.mountPoint)
  return Array.from({ length: parts.length + 1 }, (_, cut) =>
    join(top, ...parts.slice(0, parts.length - cut)),
  )
}

/** cgroups(7): `0::/user.slice/a.scope` is version 2, `4:memory:/docker/1f` version 1. Key '' is version 2. */
function ownGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (!match) continue
    for (const controller of (match[1] ?? '').split(',')) groups.set(controller, match[2] ?? '/')
  }
  return groups
}

/**
 * proc(5), mountinfo: `36 35 0:31 /docker/1f /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`. The fourth
 * field is the group that the mount shows as its top: in a container /proc/self/cgroup may still name the
 * group as the host sees it.
 */
function mountOf(line: string, groups: Map<string, string>): CgroupMount[] {
  const [front = '', back = ''] = line.split(' - ')
  const [, , , top = '/', mountPoint = ''] = front.split(' ')
  const [type, , options = ''] = back.split(' ')
  if (type === 'cgroup2')
    return [{ version: 2, controllers: [], mountPoint, path: below(top, groups.get('')) }]
  if (type !== 'cgroup') return []
  const controllers = options.split(',')
  const group = controllers.map((name) => groups.get(name)).find((found) => found !== undefined)
  return [{ version: 1, controllers, mountPoint, path: below(top, group) }]
}

/** A group outside of what the mount shows counts as its top: nothing further in can be read. */
function below(top: string, group: string | undefined): string {
  const path = relative(top, group ?? top)
  return path.startsWith('..') ? '' : path
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
