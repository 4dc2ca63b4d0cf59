import * as z from 'zod'
import type { CheckOverride, Config } from '../model/config.ts'
import type { Labels } from '../model/labels.ts'
import type { RunDefaults } from '../model/run-defaults.ts'
import { parseDuration, parseMemory } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import { circleOf } from '../plan/groups.ts'
import { type ConfigIssue, issuesOf } from './config-issues.ts'
import { inKebabCase, runSettingNames, runSettings } from './run-settings.ts'

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

/** TOML has days of its own, without quotes; JSON.stringify makes the text of them that they were. */
const day = z
  .union([z.string(), z.date()])
  .transform((value) => (typeof value === 'string' ? value : String(JSON.parse(JSON.stringify(value)))))
  .refine(isDay, { message: 'write a day that there is, like "2026-12-31"' })

/** Date.parse takes the 31st of February for a day in March. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

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

const settings = z.strictObject(
  Object.fromEntries(runSettingNames.map((name) => [inKebabCase(name), setting(runSettings[name])])),
)

/** The same reader serves the environment, whose values are all text. */
function setting(read: (text: string, name: string) => unknown) {
  return z
    .union([z.string(), z.number(), z.boolean(), z.array(text)], 'write a text, a number, true or false')
    .transform((value, context): unknown => {
      try {
        return read(String(value), 'run')
      } catch (error) {
        const [advice = 'not a value it can have'] = error instanceof UserError ? error.hints : []
        context.addIssue({ code: 'custom', message: advice })
        return z.NEVER
      }
    })
    .optional()
}

const labels = z.strictObject({
  all: tags.optional(),
  kvm: tags.optional(),
  nix: tags.optional(),
  aarch64: tags.optional(),
  'large-memory': z.strictObject({ above: memory, tags: tags.min(1) }).optional(),
})

const keys = {
  flake: text.optional(),
  file: text.optional(),
  attr: text.optional(),
  suites: z.union([text, z.array(text).min(1)], 'write a folder or a list of folders').optional(),
  profiles: z.union([text, z.array(text).min(1)], 'write a folder or a list of folders').optional(),
  history: text.optional(),
  select: z.strictObject({ tags: tags.default([]), 'not-tags': tags.default([]) }).optional(),
  run: settings.optional(),
  checks: z.array(override).default([]),
  groups: z.record(z.string(), group).default({}),
  quarantine: z.array(quarantine).default([]),
  labels: labels.optional(),
  nix: z
    .strictObject({
      'evaluation-memory': memory.optional(),
      options: z.record(z.string(), option).default({}),
    })
    .optional(),
}

/** Any part of a file; a group of it may have been begun elsewhere. */
const section = z.strictObject({ ...keys, groups: z.record(z.string(), group.partial()).optional() })

/** A file before its sections are laid over it: each is looked at by itself. */
const fileWithSections = z.strictObject({ ...keys, sections: z.record(z.string(), section).optional() })

const whole = z
  .strictObject(keys)
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

/** What is wrong with a file as it stands, each of its sections by itself. @param value keys in kebab-case */
export function fileIssues(value: unknown): ConfigIssue[] {
  return issuesOf(fileWithSections, value)
}

/**
 * @param value of the file with its sections laid over it @param defaults for what it does not say
 * @returns what is wrong with it when it is no configuration
 */
export function checkConfig(value: unknown, defaults: Config): Config | ConfigIssue[] {
  const { success, data } = whole.safeParse(value)
  if (!success) return issuesOf(whole, value)
  const run = runDefaults(data.run ?? {})
  return {
    ...defaults,
    flake: data.flake ?? null,
    file: data.file ?? null,
    attr: data.attr ?? null,
    suites: data.suites === undefined ? null : [data.suites].flat(),
    profiles: data.profiles === undefined ? null : [data.profiles].flat(),
    history: data.history ?? null,
    select: { tags: data.select?.tags ?? [], notTags: data.select?.['not-tags'] ?? [] },
    run,
    checks: [...everyCheck(run), ...data.checks.map(toOverride)],
    groups: Object.entries(data.groups).map(([name, one]) => ({ name, ...one, max: one.max ?? null })),
    quarantine: data.quarantine.map((one) => ({ ...one, assertion: one.assertion ?? null })),
    labels: data.labels === undefined ? null : toLabels(data.labels),
    nix: {
      options: data.nix?.options ?? {},
      evaluationMemoryMiB: data.nix?.['evaluation-memory'] ?? defaults.nix.evaluationMemoryMiB,
    },
  }
}

function runDefaults(data: z.infer<typeof settings>): Partial<RunDefaults> {
  const given = runSettingNames.map((name) => [name, data[inKebabCase(name)]])
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

/** The limit of a whole project gives way to one that is written for some checks of it. */
function everyCheck({ timeout }: Partial<RunDefaults>): CheckOverride[] {
  if (timeout === undefined) return []
  const timeoutSeconds = parseDuration(timeout, 'timeout')
  return [{ match: '*', tags: [], vmTest: null, memoryMiB: null, cores: null, timeoutSeconds }]
}

function toOverride(one: z.infer<typeof override>): CheckOverride {
  return {
    match: one.match,
    tags: one.tags,
    vmTest: one['vm-test'] ?? null,
    memoryMiB: one.memory ?? null,
    cores: one.cores ?? null,
    timeoutSeconds: one.timeout ?? null,
  }
}

function toLabels(data: z.infer<typeof labels>): Labels {
  const large = data['large-memory']
  return {
    all: data.all ?? [],
    kvm: data.kvm ?? [],
    nix: data.nix ?? [],
    aarch64: data.aarch64 ?? [],
    largeMemory: large === undefined ? null : { aboveMiB: large.above, tags: large.tags },
  }
}
