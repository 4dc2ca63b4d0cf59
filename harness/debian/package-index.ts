/** A binary package as the package lists describe it, in the one version that apt would install. */
export interface DebianPackage {
  name: string
  version: string
  /** `amd64`, `arm64` or `all`. */
  architecture: string
  /** In bytes, as a .deb file. */
  size: number
  sha256: string
  /** Depends and Pre-Depends: of each group one package must be there, the first ones being preferred. */
  needs: string[][]
}

/** What the package lists of one architecture offer. */
export interface PackageIndex {
  /** Names of all packages that are real. */
  names: string[]
  find(name: string): DebianPackage | null
  /** Names of packages that stand in for a name: its virtual packages, as Debian calls them. */
  providers(name: string): string[]
}

/**
 * Reads `apt-cache dumpavail`: stanzas of `Field: value` lines as in deb-control(5), one for each package's candidate
 * version. Fifty megabytes hold 60,000 packages of which a guest takes some dozens, so a stanza's fields are read when
 * somebody asks for them.
 */
export function readPackageIndex(text: string): PackageIndex {
  const stanzas = new Map<string, string>()
  const providers = new Map<string, string[]>()
  for (const stanza of stanzasOf(text)) {
    const name = field(stanza, 'Package')
    if (name === null || stanzas.has(name)) continue
    stanzas.set(name, stanza)
    for (const [provided = ''] of alternatives(field(stanza, 'Provides'))) {
      providers.set(provided, [...(providers.get(provided) ?? []), name])
    }
  }
  return {
    names: [...stanzas.keys()],
    find: (name) => {
      const stanza = stanzas.get(name)
      return stanza === undefined ? null : packageOf(name, stanza)
    },
    providers: (name) => providers.get(name) ?? [],
  }
}

function* stanzasOf(text: string): Iterable<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n\n', start)
    yield text.slice(start, end < 0 ? text.length : end)
    start = end < 0 ? text.length : end + 2
  }
}

function packageOf(name: string, stanza: string): DebianPackage {
  return {
    name,
    version: field(stanza, 'Version') ?? '',
    architecture: field(stanza, 'Architecture') ?? 'all',
    size: Number(field(stanza, 'Size') ?? 0),
    sha256: field(stanza, 'SHA256') ?? '',
    needs: [...alternatives(field(stanza, 'Pre-Depends')), ...alternatives(field(stanza, 'Depends'))],
  }
}

function field(stanza: string, name: string): string | null {
  const key = `${name}: `
  const start = stanza.startsWith(key) ? 0 : stanza.indexOf(`\n${key}`) + 1
  if (start === 0 && !stanza.startsWith(key)) return null
  const end = stanza.indexOf('\n', start)
  return stanza.slice(start + key.length, end < 0 ? stanza.length : end).trim()
}

/**
 * `libc6 (>= 2.34), init-system-helpers (>= 1.54~) | sysvinit:any`: names alone. Each package is there in one version
 * only, for which its distribution has made the others fit.
 */
function alternatives(value: string | null): string[][] {
  if (!value) return []
  return value.split(',').map((group) => group.split('|').map((one) => one.trim().replace(/[\s(:[].*$/, '')))
}
