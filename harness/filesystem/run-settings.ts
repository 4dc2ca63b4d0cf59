import { junitGranularities, type RunDefaults } from '../model/run-defaults.ts'
import { parseDuration, parseMemory } from '../model/units.ts'
import { UserError } from '../model/user-error.ts'
import { reportKinds } from '../reporters/report-kinds.ts'

/** Reads what a person wrote. @throws UserError with the example as its first hint; `name` is what it is called there */
type Reader<Value> = (text: string, name: string) => Value

/** How each setting is read from an environment variable or the configuration. */
export const runSettings: { [Key in keyof RunDefaults]: Reader<RunDefaults[Key]> } = {
  jobs: count(1),
  memory: checked(parseMemory),
  cores: count(1),
  timeout: checked(parseDuration),
  retries: count(0),
  retryOn: choice(['any', 'errored']),
  layers: flag,
  failFast: flag,
  accel: choice(['auto', 'kvm', 'tcg']),
  via: choice(['build', 'driver']),
  cached: choice(['fail', 'report']),
  strict: flag,
  report: checked((text) => reportKinds(text)),
  junitGranularity: choice(junitGranularities),
  out: (text) => text,
  verbose: flag,
}

/** Names of the settings, `retryOn` as in the code. */
export const runSettingNames = Object.keys(runSettings) as (keyof RunDefaults)[]

/** `retryOn` → `retry-on`: how the command line and the configuration spell it. */
export function inKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function count(least: number): Reader<number> {
  return (text, name) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value
    throw new UserError(`${name} ${text}: not a number it can be`, [`give a whole number, ${least} or more`])
  }
}

function flag(text: string, name: string): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new UserError(`${name} ${text}: neither true nor false`, ['write true or false'])
}

function choice<const Value extends string>(values: readonly Value[]): Reader<Value> {
  return (text, name) => {
    const chosen = values.find((value) => value === text)
    if (chosen !== undefined) return chosen
    throw new UserError(`${name} ${text}: there is no such choice`, [`choose ${values.join(' or ')}`])
  }
}

/** What is read later is only looked at now, so that a mistake is told where it was made. */
function checked(read: (text: string, name: string) => unknown): Reader<string> {
  return (text, name) => {
    read(text, name)
    return text
  }
}
