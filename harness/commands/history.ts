import { wordsFor } from '../filesystem/errors.ts'
import { type HistoryReading, readHistory } from '../filesystem/history-store.ts'
import { type ExitCode, exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'
import { matchesAny } from '../plan/select.ts'
import { formatHistory, formatHistoryJson } from '../reporters/history.ts'
import { checkTrends } from '../trends/check-trend.ts'
import type { HistoryArguments } from './arguments.ts'
import { openConfig } from './configuration.ts'
import { historyFolder } from './history-folder.ts'
import { namesOf } from './named-checks.ts'
import { people } from './people.ts'
import { runsFolder } from './settings.ts'
import { shownPath } from './shown-path.ts'
import { print } from './standard-streams.ts'

/** Shows how checks fared over past runs. */
export async function history(args: HistoryArguments): Promise<ExitCode> {
  const audience = people(args.json)
  const loaded = await openConfig(args)
  const folder = historyFolder({ out: runsFolder(args, loaded) }, loaded.config)
  const names = namesOf(args)
  const reading = readHistory(folder, namesWanted(names))
  for (const line of complaints(reading)) audience.warn(line)
  if (reading.records.length === 0) throw nothingKnown(folder, names)
  const trends = checkTrends(reading.records)
  print(args.json ? formatHistoryJson(trends) : formatHistory(trends, { color: audience.color }))
  return exitCodes.passed
}

/** Asked for each of a hundred thousand records, so that each name is looked at once. */
function namesWanted(patterns: string[]): (check: string) => boolean {
  const known = new Map<string, boolean>()
  return (check) => {
    const wanted = known.get(check) ?? (patterns.length === 0 || matchesAny(check, patterns))
    known.set(check, wanted)
    return wanted
  }
}

/** What could not be read does not hide the rest. */
function complaints({ torn, newer, unreadable }: HistoryReading): string[] {
  return [
    ...(torn > 0 ? [`history: passed over ${torn} torn line${torn === 1 ? '' : 's'}`] : []),
    ...(newer > 0
      ? [
          `history: passed over ${newer} line${newer === 1 ? '' : 's'} of a newer vmproof; update this one to read them`,
        ]
      : []),
    ...unreadable.map(({ path, error }) => `${shownPath(path)}: cannot be read, ${wordsFor(error)}`),
  ]
}

function nothingKnown(folder: string, names: string[]): UserError {
  const what = names.length === 0 ? 'no attempt is recorded' : `nothing is recorded of ${names.join(', ')}`
  return new UserError(
    `${shownPath(folder)}: ${what}`,
    ['every run adds its attempts; --out DIR or `history` in vmproof.config.toml name another place'],
    exitCodes.nothingMatched,
  )
}
