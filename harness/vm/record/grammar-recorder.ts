import { performance } from 'node:perf_hooks'
import type { AssertionKind } from '../../model/assertion.ts'
import { secondsSince } from '../elapsed.ts'
import { MachineError, RequestedAssertionFailed } from '../errors.ts'
import type { ScriptError, ScriptFrame, Step, TestRecorder } from './test-recorder.ts'

/** Takes whole lines; `stdout` only what the test script prints. */
export interface LogOutput {
  stdout(text: string): void
  stderr(text: string): void
}

const bold = '\x1b[1m\x1b[32m'
const dim = '\x1b[2m'
const red = '\x1b[31m'
const reset = '\x1b[0m'

/** Phrases of the NixOS driver for what our nodes can be asked; the text comes behind them. */
const phrases: Partial<Record<AssertionKind, (text: string) => string>> = {
  // machine: must succeed: systemctl is-active web
  succeed: (text) => `must succeed: ${text}`,
  // machine: must fail: ping -c 1 192.168.1.77
  fail: (text) => `must fail: ${text}`,
  // machine: waiting for success: test -e /run/ready
  wait_until_succeeds: (text) => `waiting for success: ${text}`,
  // machine: waiting for file '/run/ready'
  wait_for_file: (text) => `waiting for file '${text}'`,
  // machine: waiting for TCP port 8080 on localhost
  wait_for_open_port: (text) => `waiting for TCP port ${text}`,
  // machine: waiting for login: to appear on console
  wait_for_console_text: (text) => `waiting for ${text} to appear on console`,
  // machine: waiting for the VM to power off
  wait_for_shutdown: () => 'waiting for the VM to power off',
}

/**
 * Prints the log of the NixOS test driver in its newest form (mid-2026): heads in bright green, console lines
 * dim, `(finished: …)` only for what ended well, `!!! ` before what failed. Colours always, terminal or not.
 */
export class GrammarRecorder implements TestRecorder {
  readonly #output: LogOutput

  constructor(output: LogOutput) {
    this.#output = output
  }

  async step<T>(step: Step, body: () => Promise<T>): Promise<T> {
    const text = textOf(step)
    const prefix = prefixOf(step)
    const start = performance.now()
    this.#line(`${prefix}${bold}${text}${reset}`)
    const result = await body()
    this.#line(`${prefix}(finished: ${text}, in ${secondsSince(start).toFixed(2)} seconds)`)
    return result
  }

  head(text: string): void {
    this.#line(`${bold}${text}${reset}`)
  }

  remark(node: string | null, text: string): void {
    this.#line(node === null ? text : `${node}: ${text}`)
  }

  console(node: string, line: string): void {
    this.#line(`${dim}${node} # ${line}${reset}`)
  }

  print(text: string): void {
    this.#output.stdout(`${text}\n`)
  }

  subtestFailed(name: string, error: Error): void {
    // !!! Test "storage" failed with error: "command `mount /dev/vdb` failed (exit code 32)"
    this.#failed(`Test "${name}" failed with error: "${error.message}"`)
  }

  scriptFailed({ error, frames }: ScriptError): void {
    if (!(error instanceof RequestedAssertionFailed || error instanceof MachineError)) return
    this.#failed('Traceback (most recent call last):')
    // Who demanded too much is the script's matter; who failed to start, the driver's.
    const shown = error instanceof MachineError ? frames : frames.filter((one) => one.driverFile === null)
    for (const frame of shown) this.#failed(frameLines(frame).join('\n'))
    if (error instanceof RequestedAssertionFailed) this.#failed('')
    const module = error instanceof MachineError ? 'test_driver.errors.' : ''
    this.#failed(`${module}${error.name}: ${error.message}`)
  }

  scriptFailedAfterCleanup({ error, frames }: ScriptError): void {
    if (error instanceof RequestedAssertionFailed || error instanceof MachineError) return
    this.#line('Traceback (most recent call last):')
    for (const frame of frames) this.#line(frameLines({ ...frame, source: null }).join('\n'))
    this.#line(`${error.name}: ${error.message}`)
  }

  #failed(text: string): void {
    for (const line of text.split('\n')) this.#line(`${red}!!! ${reset}${line}`)
  }

  #line(text: string): void {
    this.#output.stderr(`${text}\n`)
  }
}

function textOf(step: Step): string {
  switch (step.type) {
    case 'work':
      return step.text
    case 'assertion':
      return phrases[step.kind]?.(step.text) ?? `${step.kind}: ${step.text}`
    case 'subtest':
      return `subtest: ${step.name}`
  }
}

function prefixOf(step: Step): string {
  return step.type === 'subtest' || step.node === null ? '' : `${step.node}: `
}

/** As Python prints frames; the script is code without a file there. */
function frameLines(frame: ScriptFrame): string[] {
  const file = frame.driverFile === null ? '<string>' : `test_driver/${frame.driverFile}`
  const place = `  File "${file}", line ${frame.line}, in ${frame.function ?? '<module>'}`
  return frame.source === null ? [place] : [place, `    ${frame.source}`]
}
