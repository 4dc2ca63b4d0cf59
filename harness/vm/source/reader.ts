import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { ReaderMessage } from './messages.ts'

/**
 * Program `suite-reader.js BUNDLE`: loads a bundled suite and tells what it exports by default on file
 * descriptor 3. A process of its own, because loading a suite runs its author's code.
 */
const tell = (message: ReaderMessage) => writeSync(3, JSON.stringify(message, describeFunctions))

try {
  const suite = (await import(pathToFileURL(process.argv[2] ?? '').href)) as { default?: unknown }
  tell({ type: 'loaded', definition: suite.default ?? null })
} catch (thrown) {
  tell({ type: 'threw', ...wordsOf(thrown) })
}
// What the suite has started, such as a timer, must not keep it.
process.exit(0)

/** JSON knows no functions; the definition's checks want to know that there is one. */
function describeFunctions(_key: string, value: unknown): unknown {
  return typeof value === 'function' ? { function: value.name } : value
}

function wordsOf(thrown: unknown): { message: string; stack: string[] } {
  if (!(thrown instanceof Error)) return { message: String(thrown), stack: [] }
  return { message: `${thrown.name}: ${thrown.message}`, stack: (thrown.stack ?? '').split('\n') }
}
