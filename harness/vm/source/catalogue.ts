import type { EvaluationError } from '../../model/check.ts'
import { compareText } from '../../model/compare-text.ts'
import { shownFile } from '../../user-module/shown-file.ts'
import type { Topology } from '../suite.ts'
import { checksOf } from './definition.ts'
import type { LoadedSuite, SoundSuite } from './library.ts'
import { nameOfFile } from './suite-files.ts'

/** A check by name, or why there is none although a file stands for it. */
export type CatalogueEntry = { name: string; file: string } & (
  | { suite: SoundSuite; topology: Topology; error: null }
  | { error: EvaluationError }
)

/** The checks of all suites by name. A name that two files give is an error of its own. */
export function catalogueOf(suites: LoadedSuite[]): Map<string, CatalogueEntry> {
  const catalogue = new Map<string, CatalogueEntry>()
  for (const entry of suites.flatMap(entriesOf)) {
    const other = catalogue.get(entry.name)
    catalogue.set(entry.name, other ? sameName(entry, other) : entry)
  }
  return catalogue
}

function entriesOf(suite: LoadedSuite): CatalogueEntry[] {
  const { file } = suite
  if (suite.error) return [{ name: nameOfFile(file), file, error: suite.error }]
  return checksOf(suite.definition).map((check) => ({ ...check, file, suite, error: null }))
}

function sameName({ name, file }: CatalogueEntry, other: CatalogueEntry): CatalogueEntry {
  const files = [other.file, file].sort(compareText).map(shownFile)
  const message = `two suites define a check ${name}: ${files.join(' and ')}`
  return { name, file, error: { message, details: ['rename one of them'] } }
}
