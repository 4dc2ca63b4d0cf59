import { readFileSync } from 'node:fs'
import type { EvaluationError } from '../../model/check.ts'
import { loadModule } from '../../user-module/load.ts'
import { shownFile } from '../../user-module/shown-file.ts'
import type { DefinitionIssue, SuiteDefinition } from './definition.ts'
import { lineOfKeys } from './issue-lines.ts'
import { nameOfFile } from './suite-files.ts'

const advice = 'outside of its body a suite must only define a check'

/** A suite that can be loaded. Absolute paths. */
export interface SuiteModule {
  file: string
  bundle: string
  /** The program module-reader.js. */
  reader: string
}

/** Loads a suite in a process of its own. Whatever the suite does is told, not thrown. */
export async function evaluateSuite(
  module: SuiteModule,
): Promise<SuiteDefinition | { error: EvaluationError }> {
  const loaded = await loadModule({ ...module, isCalled: false, advice })
  return 'error' in loaded ? loaded : check(module.file, loaded.value)
}

async function check(file: string, value: unknown): Promise<SuiteDefinition | { error: EvaluationError }> {
  const source = readFileSync(file, 'utf8')
  const complaint = ({ path, message }: DefinitionIssue) =>
    `${shownFile(file)}:${lineOfKeys(source, path)}: ${[path.join('.'), message].filter(Boolean).join(': ')}`
  if (value === null || typeof value !== 'object') {
    const message = 'it exports no check: end it with export default vmCheck({ name, nodes, body })'
    return { error: { message: complaint({ path: [], message }), details: [] } }
  }
  // Loaded only where a suite is new or has changed.
  const { checkDefinition } = await import('./definition-schema.ts')
  const definition = checkDefinition(value)
  if (!Array.isArray(definition) && definition.name === nameOfFile(file)) return definition
  const issues = Array.isArray(definition) ? definition : [otherName(definition)]
  const [message = '', ...details] = issues.map(complaint)
  return { error: { message, details } }
}

/** Whoever reads a report looks for the file by the name of the check. */
function otherName({ name }: SuiteDefinition): DefinitionIssue {
  return { path: ['name'], message: `"${name}" is not what the file is called: rename one of them` }
}
