import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { makeFolders } from '../process/make-folders.ts'
import { runTest, type TestEnd } from './driver.ts'
import { TestRecorder } from './record/test-recorder.ts'
import type { TestScript } from './script/test-script.ts'
import type { TestConfig } from './test-config.ts'

/** A Unix socket's path has at most 107 bytes; a node's name and a suffix come behind the folder. */
const longestStateFolder = 60

/**
 * Program of a test's driver derivation:
 * `main.js --config FILE.json --script FILE.js --source FILE.ts -o OUTPUT`. Flags that only the NixOS driver
 * knows are let pass, so that one caller can start both.
 */
async function main(argv: string[]): Promise<TestEnd> {
  const { values } = parseArgs({
    args: argv,
    strict: false,
    options: {
      config: { type: 'string' },
      script: { type: 'string' },
      source: { type: 'string' },
      output_directory: { type: 'string', short: 'o' },
    },
  })
  const outputFolder = String(values.output_directory ?? '.')
  const source = String(values.source)
  const module = (await import(pathToFileURL(String(values.script)).href)) as { default: TestScript }
  makeFolders(outputFolder)
  const stateFolder = mkdtempSync(join(shortTemporaryFolder(), 'vmproof-'))
  try {
    return await runTest({
      config: JSON.parse(readFileSync(String(values.config), 'utf8')) as TestConfig,
      script: module.default,
      source: {
        fileName: basename(source),
        shownAs: '<string>',
        lines: readFileSync(source, 'utf8').split('\n'),
      },
      outputFolder,
      stateFolder,
      log: new TestRecorder({
        stdout: (text) => process.stdout.write(text),
        stderr: (text) => process.stderr.write(text),
      }),
    })
  } finally {
    rmSync(stateFolder, { recursive: true, force: true })
  }
}

function shortTemporaryFolder(): string {
  return tmpdir().length > longestStateFolder ? '/tmp' : tmpdir()
}

// The frames of a helper in a helper must not push out the script's.
Error.stackTraceLimit = 50

const end = await main(process.argv.slice(2))
// A test ended by the global timeout dies as the NixOS driver does, by SIGTERM: exit code 143 in a shell.
if (end === 'timed-out') process.kill(process.pid, 'SIGTERM')
else process.exit(end === 'passed' ? 0 : 1)
