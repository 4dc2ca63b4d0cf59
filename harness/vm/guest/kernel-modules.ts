/** Module files by name; `-` and `_` mean the same in a module's name. */
export type ModuleFiles = Map<string, { path: string; content: () => Buffer }>

/** The name that the kernel uses for a module file: `virtio-rng.ko` is `virtio_rng`. */
export function moduleName(fileName: string): string {
  return fileName.replace(/\.ko$/, '').replaceAll('-', '_')
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

/** The `depends=a,b` string of a module's .modinfo section, found without reading ELF: strings there end in NUL. */
export function dependencies(module: Buffer): string[] {
  const key = '\0depends='
  const start = module.indexOf(key)
  if (start < 0) return []
  const from = start + key.length
  return module
    .toString('latin1', from, module.indexOf(0, from))
    .split(',')
    .filter((name) => name !== '')
}
