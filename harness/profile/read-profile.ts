import { parse, TomlError } from 'smol-toml'
import type { Accelerator } from '../model/outcome.ts'
import type {
  ConstrainedLinks,
  InterfaceSelector,
  NodeLimits,
  Profile,
  ProfileIssue,
} from '../model/profile.ts'
import { parseMemory } from '../model/units.ts'
import { constraintKeys, readConstraint } from './constraint.ts'
import { type FieldIssue, FieldTable, numberBetween, oneOf, parseText } from './field-table.ts'
import { commonName } from './node-glob.ts'
import { type FieldPath, TomlLines } from './toml-lines.ts'
import { BadValue, shown } from './units.ts'

const profileKeys = [
  ...['description', 'imitates', 'source', 'links', 'limits'],
  ...['accelerator', 'timeout-factor'],
] as const
const linkKeys = ['nodes', 'interface', 'vlan', ...constraintKeys] as const
const limitKeys = ['nodes', 'memory', 'cores'] as const

/**
 * Reads the TOML of a profile; profiles/README.md describes the format.
 * @param file path that issues name @param name of the profile
 * @returns everything that is wrong with it, by line, when it is no profile
 */
export function readProfile(
  text: string,
  { file, name }: { file: string; name: string },
): Profile | ProfileIssue[] {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return [{ file, line: error.line, field: '', message: syntaxMessage(error) }]
  }
  const issues: FieldIssue[] = []
  const profile = readFields(new FieldTable(value, profileKeys, { path: [], issues }), name)
  issues.push(...overlaps(profile.links))
  if (issues.length === 0) return profile
  const lines = new TomlLines(text)
  return issues
    .map(({ path, message }) => ({ file, line: lines.lineOf(path), field: shownPath(path), message }))
    .sort((a, b) => a.line - b.line)
}

/** `profiles/edge.toml:12: links[0].loss: "120%" is more than 100%` */
export function issueLine({ file, line, field, message }: ProfileIssue): string {
  return [`${file}:${line}`, ...(field === '' ? [] : [field]), message].join(': ')
}

function readFields(fields: FieldTable, name: string): Profile {
  for (const key of ['description', 'imitates', 'source']) {
    if (!fields.has(key)) fields.complain(key, 'is missing')
  }
  return {
    name,
    description: fields.read('description', parseText, ''),
    imitates: fields.read('imitates', parseText, ''),
    source: fields.read('source', parseText, ''),
    links: fields.tables('links', linkKeys).map(readLinks),
    limits: fields.tables('limits', limitKeys).map(readLimits),
    accelerator: fields.read('accelerator', oneOf<Accelerator>(['kvm', 'tcg', 'hvf']), null),
    timeoutFactor: fields.read('timeout-factor', numberBetween(1, 100, 'any'), 1),
  }
}

function readLinks(fields: FieldTable): ConstrainedLinks {
  const constraint = readConstraint(fields)
  if (!constraintKeys.some((key) => fields.has(key))) {
    fields.complain('nodes', `no constraint: give one of ${constraintKeys.join(', ')}`)
  }
  return { nodes: fields.read('nodes', parseGlob, '*'), on: readSelector(fields), constraint }
}

function readSelector(fields: FieldTable): InterfaceSelector {
  const name = fields.read('interface', parseInterface, null)
  const number = fields.read('vlan', numberBetween(1, 254, 'whole'), null)
  if (name !== null && number !== null) fields.complain('vlan', 'give either an interface or a vlan')
  if (name !== null) return { type: 'interface', name }
  return number === null ? { type: 'all' } : { type: 'vlan', number }
}

function readLimits(fields: FieldTable): NodeLimits {
  return {
    nodes: fields.read('nodes', parseGlob, '*'),
    memoryMiB: fields.read('memory', memoryOf, null),
    cores: fields.read('cores', numberBetween(1, 64, 'whole'), null),
  }
}

function memoryOf(value: unknown): number {
  try {
    return parseMemory(parseText(value), '')
  } catch {
    throw new BadValue(`${shown(value)} is not an amount of memory: write it like "256M" or "2G"`)
  }
}

function parseGlob(value: unknown): string {
  const glob = parseText(value)
  if (/^!?[\w*?-]{1,64}$/.test(glob)) return glob
  throw new BadValue(
    `${shown(value)} is not a glob of node names: letters, digits, _, -, * and ?, and ! in front for all others`,
  )
}

/** As the kernel has it; eth0 is the way to the host, where there is one. */
function parseInterface(value: unknown): string {
  const name = parseText(value)
  if (/^[A-Za-z0-9_][\w.-]{0,14}$/.test(name)) return name
  throw new BadValue(`${shown(value)} is not a name of a network interface`)
}

/** Two constraints on one interface: which of them holds would be a matter of luck. */
function overlaps(links: ConstrainedLinks[]): FieldIssue[] {
  return links.flatMap((later, index) => {
    const earlier = links.slice(0, index).findIndex((one) => sharedNode(one, later) !== null)
    const shared = links[earlier] && sharedNode(links[earlier], later)
    if (!shared) return []
    const message = `overlaps links[${earlier}]: a node of the name ${shared} would get both constraints`
    return [{ path: ['links', index, 'nodes'], message }]
  })
}

function sharedNode(one: ConstrainedLinks, other: ConstrainedLinks): string | null {
  return mayBeSame(one.on, other.on) ? commonName(one.nodes, other.nodes) : null
}

/** Which vlan an interface is on, only a check knows. */
function mayBeSame(one: InterfaceSelector, other: InterfaceSelector): boolean {
  if (one.type === 'vlan' && other.type === 'vlan') return one.number === other.number
  if (one.type === 'interface' && other.type === 'interface') return one.name === other.name
  return true
}

function shownPath(path: FieldPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '')
}

// Invalid TOML document: unterminated string
function syntaxMessage(error: TomlError): string {
  return (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, 'not valid TOML: ')
}
