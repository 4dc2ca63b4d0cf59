import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Module files by name; `-` and `_` mean the same in a module's name. */
export type ModuleFiles = Map<string, { path: string; content: () => Buffer }>

/** The name that the kernel uses for a module file: `virtio-rng.ko` is `virtio_rng`. */
export function moduleName(fileName: string): string {
  return fileName.replace(/\.ko$/, '').replaceAll('-', '_')
}

/** @param folder a kernel's modules, uncompressed; paths come out relative to it */
export function moduleFiles(folder: string): ModuleFiles {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ko'),
  )
  return new Map(
    paths.map((path) => [
      moduleName(basename(path)),
      { path, content: () => readFileSync(join(folder, path)) },
    ]),
  )
}

/**
 * Names of modules that are part of the kernel itself.
 * @param list modules.builtin, lines such as `kernel/drivers/block/loop.ko`
 */
export function builtinModules(list: string): Set<string> {
  return new Set(
    list
      .split('\n')
      .filter(Boolean)
      .map((path) => moduleName(basename(path))),
  )
}

/**
 * Names of all modules that the wanted ones need, each behind what it depends on. What has no file is built
 * into the kernel. Debian's packages bring no modules.dep (depmod writes it at installation), so the modules'
 * own words are read.
 */
export function inLoadingOrder(wanted: string[], files: ModuleFiles): string[] {
  const seen = new Set<string>()
  const order: string[] = []
  const visit = (name: string): void => {
    const file = files.get(name)
    if (!file || seen.has(name)) return
    seen.add(name)
    for (const needed of dependencies(file.content())) visit(moduleName(needed))
    order.push(name)
  }
  for (const name of wanted) visit(moduleName(name))
  return order
}

/**
 * modules.dep(5) for modprobe: a line for each module with all that it needs, the last to be loaded first. Paths are
 * relative to the folder in which it lies.
 */
export function modulesDep(names: string[], files: ModuleFiles): string {
  return names
    .map((name) => {
      const needed = inLoadingOrder([name], files).slice(0, -1).reverse()
      const paths = needed.map((one) => files.get(one)?.path)
      return `${[`${files.get(name)?.path}:`, ...paths].join(' ')}\n`
    })
    .join('')
}

/** modules.alias for modprobe: the names, such as `rtnl-link-vxlan`, by which the kernel asks for a module. */
export function modulesAlias(names: string[], files: ModuleFiles): string {
  return names
    .flatMap((name) => {
      const file = files.get(name)
      return file ? words(file.content(), 'alias').map((alias) => `alias ${alias} ${name}\n`) : []
    })
    .join('')
}

/** `depends=a,b` of a module. */
export function dependencies(module: Buffer): string[] {
  return words(module, 'depends')
    .flatMap((list) => list.split(','))
    .filter((name) => name !== '')
}

/** The kernel that a module is made for, as `uname -r` has it: `vermagic=6.1.0-56-cloud-amd64 SMP preempt …`. */
export function kernelRelease(module: Buffer): string | null {
  return words(module, 'vermagic')[0]?.split(' ')[0] ?? null
}

/** Values of `key=value` strings in a module's .modinfo section, found without reading ELF: strings there end in NUL. */
function words(module: Buffer, key: string): string[] {
  const marker = `\0${key}=`
  const found: string[] = []
  for (let at = module.indexOf(marker); at >= 0; ) {
    const from = at + marker.length
    const end = module.indexOf(0, from)
    found.push(module.toString('latin1', from, end < 0 ? module.length : end))
    at = end < 0 ? -1 : module.indexOf(marker, end)
  }
  return found
}
