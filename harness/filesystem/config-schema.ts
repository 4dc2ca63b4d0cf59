import * as z from 'zod'
import type { Config } from '../model/config.ts'
import { parseDuration, parseMemory } from '../model/units.ts'
import { circleOf } from '../plan/groups.ts'

/** Turns a unit parser's UserError into a complaint about the key. */
const unit = (parse: (text: string) => number, example: string) =>
  z.union([z.string(), z.number()]).transform((value, context): number => {
    try {
      return parse(String(value))
    } catch {
      context.addIssue({ code: 'custom', message: `write it like ${example}` })
      return z.NEVER
    }
  })

const memory = unit((text) => parseMemory(text, 'memory'), '"512M" or "7G"')
const duration = unit((text) => parseDuration(text, 'timeout'), '"90s", "15m" or seconds')
const text = z.string().min(1)
const tags = z.array(text)
const option = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const override = z.strictObject({
  match: text,
  tags: tags.default([]),
  'vm-test': z.boolean().optional(),
  memory: memory.optional(),
  cores: z.int().positive().optional(),
  timeout: duration.optional(),
})

const day = text.refine((value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)), {
  message: 'write a day like "2026-12-31"',
})

const quarantine = z.strictObject({
  check: text,
  assertion: text.optional(),
  tracker: text,
  until: day,
})

const group = z.strictObject({
  checks: z.array(text).min(1),
  needs: tags.default([]),
  max: z.int().positive().optional(),
  exclusive: z.boolean().default(false),
})

const file = z
  .strictObject({
    flake: text.optional(),
    file: text.optional(),
    attr: text.optional(),
    suites: z.union([text, z.array(text).min(1)], 'write a folder or a list of folders').optional(),
    history: text.optional(),
    select: z.strictObject({ tags: tags.default([]), 'not-tags': tags.default([]) }).optional(),
    checks: z.array(override).default([]),
    groups: z.record(z.string(), group).default({}),
    quarantine: z.array(quarantine).default([]),
    nix: z
      .strictObject({
        'evaluation-memory': memory.optional(),
        options: z.record(z.string(), option).default({}),
      })
      .optional(),
  })
  .refine(({ flake, file: path }) => flake === undefined || path === undefined, {
    message: 'give either flake or file, not both',
    path: ['file'],
  })
  .superRefine(({ groups }, context) => {
    for (const message of groupComplaints(groups))
      context.addIssue({ code: 'custom', message, path: ['groups'] })
  })
  .refine(({ attr, file: path }) => attr === undefined || path !== undefined, {
    message: 'attr needs file',
    path: ['attr'],
  })

function groupComplaints(groups: Record<string, z.infer<typeof group>>): string[] {
  const unknown = Object.entries(groups).flatMap(([name, { needs }]) =>
    needs
      .filter((needed) => !(needed in groups))
      .map((needed) => `${name} needs ${needed}, which is no group`),
  )
  const circle = circleOf(Object.entries(groups).map(([name, { needs }]) => ({ name, needs })))
  return circle ? [...unknown, `they need each other: ${circle.join(' needs ')}`] : unknown
}

/** One thing that is wrong with a configuration file. */
export interface ConfigIssue {
  /** Such as `checks[0].memory`; '' for the file as a whole. */
  key: string
  message: string
}

/** @param value of the file, keys in kebab-case @param defaults for what it does not say */
export function checkConfig(value: unknown, defaults: Config): Config | ConfigIssue[] {
  const { success, data, error } = file.safeParse(value)
  if (!success) return error.issues.map(toIssue)
  return {
    ...defaults,
    flake: data.flake ?? null,
    file: data.file ?? null,
    attr: data.attr ?? null,
    suites: data.suites === undefined ? null : [data.suites].flat(),
    history: data.history ?? null,
    select: { tags: data.select?.tags ?? [], notTags: data.select?.['not-tags'] ?? [] },
    checks: data.checks.map((one) => ({
      match: one.match,
      tags: one.tags,
      vmTest: one['vm-test'] ?? null,
      memoryMiB: one.memory ?? null,
      cores: one.cores ?? null,
      timeoutSeconds: one.timeout ?? null,
    })),
    groups: Object.entries(data.groups).map(([name, one]) => ({ name, ...one, max: one.max ?? null })),
    quarantine: data.quarantine.map((one) => ({ ...one, assertion: one.assertion ?? null })),
    nix: {
      options: data.nix?.options ?? {},
      evaluationMemoryMiB: data.nix?.['evaluation-memory'] ?? defaults.nix.evaluationMemoryMiB,
    },
  }
}

function toIssue(issue: z.core.$ZodIssue): ConfigIssue {
  const key = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  return { key, message: issue.message }
}
