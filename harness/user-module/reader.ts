import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { watchEnvironment } from './environment.ts'
import type { ReaderMessage } from './reader-message.ts'

/**
 * Program `module-reader.js BUNDLE [call]`: loads a bundled module and tells what it exports by default on file
 * descriptor 3, or with `call` what that returns when it is a function. A process of its own, because loading a
 * module runs its author's code.
 */
const [bundle = '', call] = process.argv.slice(2)
const exit = process.exit.bind(process)
process.exit = (code) => {
  tell({ type: 'left', code: Number(code ?? process.exitCode ?? 0), stack: stackOf(new Error()) })
  return exit(code)
}
const seen = watchEnvironment()

try {
  const module = (await import(pathToFileURL(bundle).href)) as { default?: unknown }
  const value = await settled(module.default)
  tell({ type: 'loaded', value: value ?? null, environment: seen() })
} catch (thrown) {
  tell({ type: 'threw', ...wordsOf(thrown) })
}
// What the module has started, such as a timer, must not keep it.
exit(0)

function settled(value: unknown): unknown {
  return call === 'call' && typeof value === 'function' ? value() : value
}

function tell(message: ReaderMessage): void {
  writeSync(3, JSON.stringify(message, describeFunctions))
}

/** JSON knows no functions; who checks the value may want to know that there is one. */
function describeFunctions(_key: string, value: unknown): unknown {
  return typeof value === 'function' ? { function: value.name } : value
}

function wordsOf(thrown: unknown): { message: string; stack: string[] } {
  if (!(thrown instanceof Error)) return { message: String(thrown), stack: [] }
  return { message: `${thrown.name}: ${thrown.message}`, stack: stackOf(thrown) }
}

function stackOf(error: Error): string[] {
  return (error.stack ?? '').split('\n')
}
