import { readFileSync, rmSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { Worker } from 'node:worker_threads'
import { killDescendants } from '../../process/kill-tree.ts'
import { shownFile } from '../../user-module/shown-file.ts'
import { runTest, type TestEnd } from '../driver.ts'
import { TestRecorder } from '../record/test-recorder.ts'
import type { CheckDefinition } from '../suite.ts'
import type { DriverJob, DriverMessage } from './messages.ts'
import { operatedScript } from './operated.ts'

/**
 * Program `suite-driver.js JOB.json`: runs one check of a suite. Its outputs are the driver's log; what happens is
 * told on file descriptor 3.
 */
const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as DriverJob
const tell = (message: DriverMessage) => {
  const line = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let written = 0; written < line.length; ) written += writeSync(3, line, written)
}

// The frames of a helper in a helper must not push out the script's.
Error.stackTraceLimit = 50
// The kernel may tell of the harness's death once for each of its threads, so the first signal must not be the last heard:
// the default action would end this process before it has cleaned up.
process.on('SIGTERM', () => process.exit(143))
// Whoever ends this process, a script's process.exit included.
process.on('exit', () => {
  killDescendants()
  rmSync(job.stateFolder, { recursive: true, force: true })
})
watchHarness(job)

const end = await run(job)
tell({ type: 'ended', end })
process.exit(end === 'passed' ? 0 : 1)

async function run(job: DriverJob): Promise<TestEnd> {
  const { bundle, file, config, outputFolder, stateFolder } = job
  const log = new TestRecorder(
    { stdout: write, stderr: write },
    {
      event: (event) => tell({ type: 'event', event }),
      console: (node, text) => tell({ type: 'console', node, text }),
    },
  )
  for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) {
    console[method] = (...values: unknown[]) => log.print(format(...values))
  }
  const suite = (await import(pathToFileURL(bundle).href)) as { default: CheckDefinition }
  const source = {
    fileName: basename(file),
    shownAs: shownInTracebacks(file),
    lines: readFileSync(file, 'utf8').split('\n'),
  }
  const own = suite.default.body
  const script = job.isOperated ? operatedScript(own, process.stdin, tell) : own
  return runTest({ config, script, source, outputFolder, stateFolder, log })
}

/** A path between quotes that is not taken for the driver's own. */
function shownInTracebacks(file: string): string {
  const shown = shownFile(file).replace(/["\p{Cc}]/gu, '_')
  return shown.startsWith('test_driver/') ? `./${shown}` : shown
}

/** One pipe for everything keeps the order. */
function write(text: string): void {
  process.stdout.write(text)
}

/**
 * The kernel's SIGTERM at the harness's death finds nobody who listens while a script loops for ever; a thread of
 * its own then ends the process.
 */
function watchHarness({ harnessPid, stateFolder }: DriverJob): void {
  const program = `
    const { workerData: { harnessPid, stateFolder } } = require('node:worker_threads')
    const end = () => {
      require('node:fs').rmSync(stateFolder, { recursive: true, force: true })
      process.kill(process.pid, 'SIGKILL')
    }
    const timer = setInterval(() => {
      if (process.ppid === harnessPid) return
      clearInterval(timer)
      setTimeout(end, 2000)
    }, 1000)
  `
  new Worker(program, { eval: true, workerData: { harnessPid, stateFolder } }).unref()
}
