import { isAbsolute } from 'node:path'
import * as z from 'zod'
import { parseDuration, parseMemory } from '../../model/units.ts'
import { nearNames } from '../../plan/select.ts'
import { toolNames } from '../script/test-script.ts'
import type { GuestDefinition } from '../suite.ts'
import type { DefinitionIssue, SuiteDefinition, SuiteNode } from './definition.ts'

/** An object with just these keys; a slip of the finger is told with the key that was meant. */
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, shape) : undefined),
  })
}

function unknownKeys(keys: string[], shape: z.ZodRawShape): string {
  const [key = ''] = keys
  const near = nearNames(key, Object.keys(shape))
  const known = `known are ${Object.keys(shape).join(', ')}`
  return `there is no ${key}: ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : known}`
}

/** A text with a unit. Turns the parser's UserError into a complaint about the key. */
function unit(parse: (text: string, option: string) => number, example: string) {
  return z.string(`write it like ${example}`).transform((value, context): number => {
    try {
      return parse(value, '')
    } catch {
      context.addIssue({ code: 'custom', message: `"${value}" cannot be read: write it like ${example}` })
      return z.NEVER
    }
  })
}

function unique<Item extends z.ZodType>(item: Item) {
  return z.array(item).refine((all) => new Set(all).size === all.length, 'the same twice')
}

const text = z.string().min(1)
const memory = unit(parseMemory, "'256M' or '2G'")
const duration = unit(parseDuration, "'90s' or '15m'")
const absolutePath = z.string().refine((value) => isAbsolute(value), 'must be an absolute path')
const image = strict({ path: absolutePath, format: z.enum(['raw', 'qcow2']).optional() })

const packaged = strict({
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.:-]*$/, 'not a name of a Debian package')).optional(),
  modules: z.array(text).optional(),
  availableModules: z.array(text).optional(),
  init: z.enum(['tiny', 'systemd']).optional(),
  files: z.record(absolutePath, z.string()).optional(),
  enabledUnits: z.array(text).optional(),
})
const direct = strict({
  kernel: absolutePath,
  initrd: absolutePath,
  append: z.string().optional(),
  disk: image.optional(),
})
const fromDisk = strict({ disk: image, firmware: z.enum(['bios', 'uefi']).optional() })

/** Three forms, told apart by what only they have: a complaint about all three at once would help nobody. */
const guest = z.unknown().transform((value, context): GuestDefinition => {
  const has = (key: string) => typeof value === 'object' && value !== null && key in value
  const form = has('kernel') || has('initrd') ? direct : has('disk') ? fromDisk : packaged
  const { success, data, error } = form.safeParse(value)
  if (success) return data as GuestDefinition
  for (const { path, message } of error.issues) context.addIssue({ code: 'custom', path, message })
  return z.NEVER
})

const cores = z.int().min(1).max(64)
const vlan = z.int('must be a whole number').min(1, 'must be 1 to 254').max(254, 'must be 1 to 254')

const node = strict({
  arch: z.enum(['x86_64', 'aarch64']).optional(),
  memory: memory.default(192),
  cores: cores.default(1),
  vlans: z.array(vlan).max(8, 'more than 8 cards').default([1]),
  disks: z
    .array(strict({ size: memory }))
    .max(16, 'more than 16 disks')
    .default([]),
  guest: guest.default({}),
  qemuOptions: z.array(z.string()).default([]),
}).transform(({ arch, memory, disks, ...rest }) => ({
  architecture: arch ?? null,
  memoryMiB: memory,
  diskSizesMiB: disks.map(({ size }) => size),
  ...rest,
}))

// Part of a Unix socket's path, of a host name, and of a JavaScript name.
const nodeName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,29}$/i, 'a node is named with up to 30 letters, digits and _')
  .refine((name) => !toolNames.some((tool) => tool === name), 'a tool of the test body has this name')

const topologies = unique(z.enum(['simple', 'vlans', 'bonding-vlans'])).min(1, 'leave it out or name one')

const definition = strict({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be in kebab-case, such as two-nodes'),
  description: z.string().optional(),
  tags: z.array(text).default([]),
  nodes: z.record(nodeName, node).refine((nodes) => {
    const count = Object.keys(nodes).length
    return count > 0 && count < 255
  }, 'a check has 1 to 254 nodes'),
  timeout: duration.default(600),
  topologies: topologies.default(['simple']),
  profiles: z.array(text).optional(),
  // How module-reader tells a function.
  body: z.object({ function: z.string() }, 'must be a function'),
})

/** @param value as module-reader tells it @returns what is wrong with it when it is no check */
export function checkDefinition(value: unknown): SuiteDefinition | DefinitionIssue[] {
  const { success, data, error } = definition.safeParse(value)
  if (!success) {
    return error.issues.map((issue) => ({ path: issue.path.map(String), message: messageOf(issue) }))
  }
  const { timeout, nodes, body: _, description, profiles, ...rest } = data
  return {
    ...rest,
    description: description ?? null,
    profiles: profiles ?? null,
    timeoutSeconds: timeout,
    nodes: Object.entries(nodes).map(([name, one]): SuiteNode => ({ name, ...one })),
  }
}

function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
}
