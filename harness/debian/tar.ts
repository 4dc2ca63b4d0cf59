/** A member of a tar archive. Paths have no leading `./` or `/` and no trailing `/`. */
export type TarEntry =
  | { type: 'folder'; path: string; mode: number }
  | { type: 'file'; path: string; mode: number; content: Buffer }
  /** Symbolic: the target is as the archive has it. */
  | { type: 'link'; path: string; target: string }
  /** Another name of a file that came before. */
  | { type: 'hard-link'; path: string; target: string }

const blockSize = 512

/**
 * Reads a whole archive in the forms that dpkg-deb writes: ustar, GNU's long names (types L and K) and pax headers
 * (type x, of which path and linkpath count); tar(5). Devices and FIFOs are left out: no package has them.
 */
export function* readTar(archive: Buffer): Iterable<TarEntry> {
  let long: LongNames = {}
  for (const { kind, header, content } of records(archive)) {
    const more = longNames(kind, content)
    if (more) {
      long = { ...long, ...more }
      continue
    }
    const path = cleanPath(long.path ?? shortName(header))
    const target = long.target ?? textIn(header, 157, 100)
    long = {}
    const entry =
      path === '' ? null : entryOf(kind, path, target, { mode: numberIn(header, 100, 8), content })
    if (entry) yield entry
  }
}

interface TarRecord {
  /** The type flag. */
  kind: string
  header: Buffer
  content: Buffer
}

function* records(archive: Buffer): Iterable<TarRecord> {
  for (let at = 0; at + blockSize <= archive.length && archive[at] !== 0; ) {
    const header = archive.subarray(at, at + blockSize)
    const size = numberIn(header, 124, 12)
    const content = archive.subarray(at + blockSize, at + blockSize + size)
    yield { kind: String.fromCharCode(header[156] ?? 0), header, content }
    at += blockSize + Math.ceil(size / blockSize) * blockSize
  }
}

/** Names that do not fit into a header and come in a record before it. */
interface LongNames {
  path?: string
  target?: string
}

function longNames(kind: string, content: Buffer): LongNames | null {
  switch (kind) {
    case 'L':
      return { path: textIn(content, 0, content.length) }
    case 'K':
      return { target: textIn(content, 0, content.length) }
    case 'x': {
      const path = paxField(content, 'path')
      const target = paxField(content, 'linkpath')
      return { ...(path === null ? {} : { path }), ...(target === null ? {} : { target }) }
    }
    default:
      return null
  }
}

function entryOf(
  kind: string,
  path: string,
  target: string,
  { mode, content }: { mode: number; content: Buffer },
): TarEntry | null {
  switch (kind) {
    case '0':
    case '\0':
      return { type: 'file', path, mode, content }
    case '1':
      return { type: 'hard-link', path, target: cleanPath(target) }
    case '2':
      return { type: 'link', path, target }
    case '5':
      return { type: 'folder', path, mode }
    default:
      return null
  }
}

/** ustar has up to 155 bytes of leading folders in a field of their own; GNU's variant keeps other things there. */
function shortName(header: Buffer): string {
  const name = textIn(header, 0, 100)
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isUstar ? textIn(header, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function cleanPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
}

function textIn(bytes: Buffer, start: number, length: number): string {
  const end = bytes.indexOf(0, start)
  return bytes.toString('utf8', start, end < 0 || end > start + length ? start + length : end)
}

/** Octal digits, or with the highest bit set a big-endian number. */
function numberIn(header: Buffer, start: number, length: number): number {
  if (((header[start] ?? 0) & 0x80) !== 0) return header.readUIntBE(start + length - 6, 6)
  return Number.parseInt(textIn(header, start, length).trim() || '0', 8)
}

/** Records `LENGTH KEY=VALUE\n`. */
function paxField(content: Buffer, key: string): string | null {
  const match = new RegExp(`(?:^|\\n)\\d+ ${key}=([^\\n]*)`).exec(content.toString('utf8'))
  return match?.[1] ?? null
}
