import * as z from 'zod'
import { nearNames } from '../plan/select.ts'

/** One thing that is wrong with a configuration file. */
export interface ConfigIssue {
  /** Such as `checks[0].memory`; '' for the file as a whole. */
  key: string
  message: string
}

/** What keeps a value from being what a schema describes; none when it is that. */
export function issuesOf(schema: z.ZodType, value: unknown): ConfigIssue[] {
  const { error } = schema.safeParse(value)
  return (error?.issues ?? []).flatMap((issue) => {
    const key = keyText(issue.path)
    if (issue.code !== 'unrecognized_keys') return [{ key, message: wordsOf(issue, value) }]
    const known = keysAt(schema, issue.path)
    return issue.keys.map((name) => ({ key, message: unknownKey(name, known) }))
  })
}

/** The library's own words are about types. */
function wordsOf({ code, path, message }: z.core.$ZodIssue, value: unknown): string {
  if (code !== 'invalid_type' && code !== 'invalid_union') return message
  const given = path.reduce<unknown>((outer, part) => (outer as Record<PropertyKey, unknown>)?.[part], value)
  return given === undefined ? 'is missing' : message
}

/** `['checks', 0, 'memory']` → `checks[0].memory` */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

function unknownKey(name: string, known: string[]): string {
  const near = nearNames(name, known)
  const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known here: ${known.join(', ')}`
  return `there is no key "${name}", ${advice}`
}

/** The keys that a table has at a place of the file. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema)
  if (path.length > 0) return childrenAt(inner, path)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

function childrenAt(schema: z.ZodType, [first, ...rest]: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<PropertyKey, z.ZodType | undefined>)[first ?? '']
    return child ? keysAt(child, rest) : []
  }
  if (schema instanceof z.ZodArray) return keysAt(schema.element as z.ZodType, rest)
  return schema instanceof z.ZodRecord ? keysAt(schema.valueType as z.ZodType, rest) : []
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap() as z.ZodType)
  }
  return schema
}
