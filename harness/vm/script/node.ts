import { setTimeout as pause } from 'node:timers/promises'
import type { AssertionKind } from '../../model/assertion.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import { quote } from '../machine/backdoor.ts'
import type { Machine } from '../machine/machine.ts'
import type { TestRecorder } from '../record/test-recorder.ts'
import { retry, timedOut } from './retry.ts'

/** How long to wait. */
export interface WaitOptions {
  /** Default 900, as in NixOS tests. */
  timeoutSeconds?: number
}

/** One VM as a test script sees it: the methods of NixOS's machines, in this language's spelling. */
export class VmNode {
  readonly name: string
  readonly #machine: Machine
  readonly #log: TestRecorder

  constructor(name: string, machine: Machine, log: TestRecorder) {
    this.name = name
    this.#machine = machine
    this.#log = log
  }

  /** Process id of this node's QEMU, while it runs. */
  get pid(): number | undefined {
    return this.#machine.pid
  }

  /** Starts QEMU and returns at once; the first command waits until the guest has booted. */
  start(): Promise<void> {
    return this.#machine.start()
  }

  /**
   * Runs a command, of at most 128 KiB, without demanding anything of it. Its standard error goes to the console.
   */
  async execute(command: string, options: WaitOptions = {}): Promise<{ status: number; output: string }> {
    const { status, output } = await this.#machine.execute(command, options.timeoutSeconds ?? 900)
    return { status, output: output.toString('utf8') }
  }

  /** Each command must exit with 0. @returns their standard output */
  async succeed(...commands: string[]): Promise<string> {
    let output = ''
    for (const command of commands)
      output += await this.#assert('succeed', command, () => this.#mustSucceed(command))
    return output
  }

  /** Each command must exit with something else than 0. @returns their standard output */
  async fail(...commands: string[]): Promise<string> {
    let output = ''
    for (const command of commands)
      output += await this.#assert('fail', command, () => this.#mustFail(command))
    return output
  }

  /** @returns the output of the try that succeeded */
  waitUntilSucceeds(command: string, options: WaitOptions = {}): Promise<string> {
    return this.#assert('wait_until_succeeds', command, () => this.#until(command, options))
  }

  async waitForFile(path: string, options: WaitOptions = {}): Promise<void> {
    await this.#assert('wait_for_file', path, () => this.#until(`test -e ${quote(path)}`, options))
  }

  async waitForOpenPort(port: number, options: WaitOptions & { address?: string } = {}): Promise<void> {
    const address = options.address ?? 'localhost'
    // By its path where it has one: busybox's shell prefers its own nc, which knows no -z.
    const command = `$(command -v /bin/nc || echo nc) -z ${quote(address)} ${port}`
    await this.#assert('wait_for_open_port', `${port} on ${address}`, () => this.#until(command, options))
  }

  /** Waits for a console line that was not yet looked at by an earlier wait. */
  async waitForConsoleText(pattern: RegExp, options: WaitOptions = {}): Promise<void> {
    const limit = options.timeoutSeconds ?? 900
    const cancel = new AbortController()
    await this.#assert('wait_for_console_text', pattern.source, () =>
      Promise.race([this.#machine.consoleText(pattern), failAfter(limit, cancel.signal)]).finally(() =>
        cancel.abort(),
      ),
    )
  }

  /** Sleeps inside the guest, whose clock may be slower than ours. */
  async sleep(seconds: number): Promise<void> {
    await this.succeed(`sleep ${Number.isInteger(seconds) ? seconds.toFixed(1) : seconds}`)
  }

  /** Switches the guest off the orderly way and waits for the end of QEMU. */
  async shutdown(): Promise<void> {
    await this.#assert('wait_for_shutdown', '', () => this.#machine.powerOff())
  }

  /** Cuts the power. */
  async crash(): Promise<void> {
    this.#log.remark(this.name, 'forced crash')
    await this.#assert('wait_for_shutdown', '', () => this.#machine.crash())
  }

  /** Writes a remark about this node into the log. */
  log(text: string): void {
    this.#log.remark(this.name, text)
  }

  #assert<T>(kind: AssertionKind, text: string, body: () => Promise<T>): Promise<T> {
    return this.#log.step({ type: 'assertion', node: this.name, kind, text }, body)
  }

  async #mustSucceed(command: string): Promise<string> {
    const result = await this.#machine.execute(command, null)
    const output = result.output.toString('utf8')
    if (result.status === 0) return output
    this.#log.remark(this.name, `output: ${output}`)
    throw new RequestedAssertionFailed(`command \`${command}\` failed (exit code ${result.status})`)
  }

  async #mustFail(command: string): Promise<string> {
    const result = await this.#machine.execute(command, null)
    if (result.status !== 0) return result.output.toString('utf8')
    throw new RequestedAssertionFailed(`command \`${command}\` unexpectedly succeeded`)
  }

  async #until(command: string, options: WaitOptions): Promise<string> {
    let output = ''
    await retry(async (secondsLeft) => {
      const result = await this.#machine.execute(command, Math.max(1, Math.ceil(secondsLeft)))
      output = result.output.toString('utf8')
      return result.status === 0
    }, options.timeoutSeconds ?? 900)
    return output
  }
}

async function failAfter(seconds: number, signal: AbortSignal): Promise<never> {
  await pause(seconds * 1000, undefined, { signal })
  throw timedOut(seconds, seconds)
}
