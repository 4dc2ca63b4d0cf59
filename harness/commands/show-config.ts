import type { LoadedConfig } from '../filesystem/config.ts'
import type { PlacedValue } from '../filesystem/config-sections.ts'
import { runSettingNames } from '../filesystem/run-settings.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import type { RunDefaults } from '../model/run-defaults.ts'
import { selectionFor } from '../plan/select.ts'
import { columnsOf, pad } from '../reporters/columns.ts'
import { oneLine } from '../reporters/safe-text.ts'
import type { GivenRunArguments } from './arguments.ts'
import { namesOf } from './named-checks.ts'
import { keyOf, settingsThatHold } from './settings.ts'
import { shownPath } from './shown-path.ts'
import { print } from './standard-streams.ts'

const placeOptions = ['flake', 'file', 'attr', 'suites'] as const

/** What stands on the command line and overrules the configuration. */
type Given = Pick<GivenRunArguments, '_' | 'checks' | 'tag' | 'notTag' | (typeof placeOptions)[number]> &
  Partial<RunDefaults>

/** Keys that have no value of their own when nobody gives one, and what holds then. */
const otherwise: Record<string, string> = {
  flake: 'the enclosing flake',
  suites: 'suites/vm',
  profiles: 'profiles, else those that come with vmproof',
  history: 'history, below run.out',
  'select.tags': 'all',
  'select.not-tags': 'none',
  'run.jobs': 'what memory and cores allow',
  'run.memory': 'what the host has',
  'run.cores': 'what the host has',
  'run.timeout': 'what the check says, else 60m',
}

/** Prints every value of the configuration and of the settings of `run`, with where it comes from. */
export function showConfig(given: Given, loaded: LoadedConfig, isJson: boolean): ExitCode {
  const values = shownValues(given, loaded)
  const { file, sections, config } = loaded
  print(
    isJson
      ? `${JSON.stringify({ schema: 1, file, folder: config.folder, sections, values }, null, 2)}\n`
      : textOf(loaded, values),
  )
  return exitCodes.passed
}

/** Each key once, with the value that holds and null where something else decides; related ones together. */
function shownValues(given: Given, loaded: LoadedConfig): PlacedValue[] {
  const unsaid = [
    ...Object.keys(otherwise).map((key) => ({ key, value: null, from: 'default' })),
    { key: 'nix.evaluation-memory', value: `${loaded.config.nix.evaluationMemoryMiB}M`, from: 'default' },
  ]
  const layers = [
    unsaid,
    loaded.values,
    settingValues(given, loaded),
    placeValues(given),
    selectValues(given, loaded),
  ]
  const values = [...new Map(layers.flat().map((value) => [value.key, value])).values()]
  return values.sort((a, b) => rankOf(a) - rankOf(b))
}

const tables = ['select', 'run', 'checks', 'groups', 'quarantine', 'labels', 'nix']

/** What stands outside of tables comes first. */
function rankOf({ key }: PlacedValue): number {
  return tables.indexOf(/^\w+/.exec(key)?.[0] ?? '')
}

function settingValues(given: Given, loaded: LoadedConfig): PlacedValue[] {
  const { values, origins } = settingsThatHold(given, loaded, process.env)
  return runSettingNames.flatMap((name) => {
    const value = values[name]
    return value === undefined ? [] : [{ key: keyOf(name), value, from: origins.get(name) ?? '' }]
  })
}

function placeValues(given: Given): PlacedValue[] {
  return placeOptions.flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [{ key: name, value, from: `--${name}` }]
  })
}

/** Names and tags on the command line take the place of the configuration's selection; see selectionFor. */
function selectValues(given: Given, { config, values }: LoadedConfig): PlacedValue[] {
  const { tag = [], notTag = [] } = given
  const names = namesOf(given)
  const selection = selectionFor({ names, tags: tag, notTags: notTag, kind: null }, config.select)
  const isAsked = names.length > 0 || tag.length > 0
  const fromOf = (key: string, option: string, words: string[]): string => {
    const configured = values.find((value) => value.key === key)?.from ?? 'default'
    if (words.length > 0) return isAsked || configured === 'default' ? option : `${configured}, ${option}`
    return isAsked ? 'the command line says what to run' : configured
  }
  return [
    ['select.tags', selection.tags, fromOf('select.tags', '--tag', tag)] as const,
    ['select.not-tags', selection.notTags, fromOf('select.not-tags', '--not-tag', notTag)] as const,
  ].flatMap(([key, value, from]) => (from === 'default' ? [] : [{ key, value, from }]))
}

function textOf({ file, sections }: LoadedConfig, values: PlacedValue[]): string {
  const head = [
    file === null ? 'there is no vmproof.config file here or above' : shownPath(file),
    ...sections.map(({ name, because }) => `section ${name}, because ${because}`),
  ]
  const cells = values.map(({ key, value, from }) =>
    [key, value === null ? (otherwise[key] ?? '') : words(value), from].map((cell) => oneLine(cell)),
  )
  const widths = [0, 1].map((at) => Math.max(...cells.map((row) => columnsOf(row[at] ?? ''))))
  const rows = cells.map(([key = '', value = '', from = '']) =>
    [pad(key, widths[0] ?? 0), pad(value, widths[1] ?? 0), from].join('  '),
  )
  return [...head.map((line) => oneLine(line)), '', ...rows, ''].join('\n')
}

function words(value: unknown): string {
  if (typeof value === 'string') return value
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return isList && value.length > 0 ? value.join(', ') : JSON.stringify(value)
}
