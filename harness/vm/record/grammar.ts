import type { AssertionKind } from '../../model/assertion.ts'
import { MachineError, RequestedAssertionFailed } from '../errors.ts'
import { errorMessage, nameOf } from './error-text.ts'
import type { Block, Fact, ScriptError, ScriptFrame, Step } from './fact.ts'

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
  // machine: need not succeed: systemctl is-active web          (ours: the NixOS driver does not tell these)
  execute: (text) => `need not succeed: ${text}`,
  // machine: waiting for unit multi-user.target
  wait_for_unit: (text) => `waiting for unit ${text}`,
  // machine: checking if unit 'web.service' has reached state 'active'
  require_unit_state: (text) => {
    const [, unit = text, state = ''] = /^(.*) (\S+)$/s.exec(text) ?? []
    return `checking if unit '${unit}' has reached state '${state}'`
  },
  // machine: waiting for success: test -e /run/ready
  wait_until_succeeds: (text) => `waiting for success: ${text}`,
  // machine: waiting for failure: test -e /run/ready
  wait_until_fails: (text) => `waiting for failure: ${text}`,
  // machine: waiting for file '/run/ready'
  wait_for_file: (text) => `waiting for file '${text}'`,
  // machine: waiting for TCP port 8080 on localhost
  wait_for_open_port: (text) => `waiting for TCP port ${text}`,
  // machine: waiting for TCP port 8080 on localhost to be closed
  wait_for_closed_port: (text) => `waiting for TCP port ${text} to be closed`,
  // machine: waiting for login: to appear on console
  wait_for_console_text: (text) => `waiting for ${text} to appear on console`,
  // machine: waiting for the VM to power off
  wait_for_shutdown: () => 'waiting for the VM to power off',
  // machine: making screenshot login.png
  screenshot: (text) => `making screenshot ${text}`,
  // partition: alpha | beta, gamma                               (as `nested` of the NixOS driver)
  nested: (text) => text,
}

/**
 * What a fact looks like in the log of the NixOS test driver in its newest form (mid-2026): heads in bright green,
 * console lines dim, `(finished: …)` only for what ended well, `!!! ` before what failed. Colours always, terminal or
 * not. Escape codes stand nowhere else but in console lines, so nothing that a guest prints can pass for a head.
 *
 * Two kinds of lines are ours. `test driver: vmproof` announces the other, which follows each step that failed: how
 * long it took, how many lines of output stand above, and what failed and why, as JSON strings.
 *
 * @returns whole lines without the last one's end; null for a fact that the log does not tell
 */
export function logText(fact: Fact): string | null {
  switch (fact.type) {
    case 'blockBegan':
      return `${prefixOf(fact.block)}${bold}${phraseOf(fact.block.step)}${reset}`
    case 'blockEnded':
      return `${prefixOf(fact.block)}(finished: ${phraseOf(fact.block.step)}, in ${seconds(fact)} seconds)`
    case 'blockFailed':
      return blockFailed(fact)
    case 'remarked':
      return fact.node === null ? fact.text : `${fact.node}: ${fact.text}`
    case 'noted':
      return disarmed(`${fact.node}: ${fact.line}`)
    case 'printed':
      return disarmed(fact.line)
    case 'symbolsExposed':
      return symbols(fact)
    case 'stageFailed':
      // cannot start vde_switch: listen EADDRINUSE: address already in use
      return `cannot start vde_switch: ${fact.message}`
    case 'qemuStarting':
      return `${fact.node}: starting vm`
    case 'qemuStarted':
      return `${fact.node}: QEMU running (pid ${fact.pid})`
    case 'guestBooted':
      return `${fact.node}: connected to guest root shell\n${fact.node}: (connecting took ${seconds(fact)} seconds)`
    case 'linkConstrained':
      // beta: constrained eth1: delay 30ms, loss 1%
      return `${fact.node}: constrained ${fact.interface}: ${fact.words}`
    case 'crashForced':
      return `${fact.node}: forced crash`
    case 'consoleSpoke':
      return `${dim}${fact.node} # ${fact.line}${reset}`
    case 'scriptFinished':
      return `test script finished in ${seconds(fact)}s`
    case 'scriptFailed':
      return isDrivers(fact.failure.error) ? marked(traceback(fact.failure)) : null
    case 'timeoutReached':
      return `${bold}timeout reached; test terminating...${reset}`
    case 'testEnded':
      return fact.failure === null || isDrivers(fact.failure.error) ? null : traceback(fact.failure)
  }
}

function seconds({ seconds }: { seconds: number }): string {
  return seconds.toFixed(2)
}

function blockFailed(fact: Extract<Fact, { type: 'blockFailed' }>): string | null {
  const { step } = fact.block
  const { message, output } = fact.failure
  if (step.type === 'work' || step.type === 'script') return null
  const prefix = prefixOf(fact.block)
  // machine: failed after 0.05 seconds, 2 lines of output: "must succeed: exit 3" because "command `exit 3` failed …"
  const told = (lines: string) =>
    `${prefix}failed after ${seconds(fact)} seconds, ${lines}: ` +
    `${JSON.stringify(phraseOf(step))} because ${JSON.stringify(message)}`
  // !!! Test "storage" failed with error: "command `mount /dev/vdb` failed (exit code 32)"
  if (step.type === 'subtest') {
    const words = `Test "${firstLine(step.name)}" failed with error: "${firstLine(message)}"`
    return `${marked(words)}\n${told('no output')}`
  }
  if (output === null) return told('no output')
  // machine: output: some words of the command
  return `${prefix}output: ${output}\n${told(`${output.split('\n').length} lines of output`)}`
}

function symbols({ nodes, vlans, tools }: Extract<Fact, { type: 'symbolsExposed' }>): string {
  const lists = [nodes, vlans.map((vlan) => `vlan${vlan}`), tools]
  return `additionally exposed symbols:\n${lists.map((names) => `    ${names.join(', ')}`).join(',\n')}`
}

/** These the NixOS driver tells itself, before its clean-up; all others Python does, behind it. */
function isDrivers(error: Error): boolean {
  return error instanceof RequestedAssertionFailed || error instanceof MachineError
}

function traceback({ error, frames }: ScriptError): string {
  // Who demanded too much is the script's matter.
  const isDemand = error instanceof RequestedAssertionFailed
  const shown = isDemand ? frames.filter(({ inDriver }) => !inDriver) : frames
  const module = error instanceof MachineError ? 'test_driver.errors.' : ''
  return [
    'Traceback (most recent call last):',
    ...shown.map(frameText),
    ...(isDemand ? [''] : []),
    `${module}${nameOf(error)}: ${errorMessage(error)}`,
  ].join('\n')
}

/** As Python prints frames. */
function frameText(frame: ScriptFrame): string {
  const place = `  File "${frame.file}", line ${frame.line}, in ${frame.function ?? '<module>'}`
  return frame.source === null ? place : `${place}\n    ${frame.source}`
}

function marked(text: string): string {
  const lines = text.split('\n')
  return lines.map((line) => `${red}!!! ${reset}${line}`).join('\n')
}

function phraseOf(step: Step): string {
  switch (step.type) {
    case 'work':
      return step.text
    case 'script':
      return 'run the VM test script'
    case 'assertion':
      return phrases[step.kind]?.(step.text) ?? `${step.kind}: ${step.text}`
    case 'subtest':
      return `subtest: ${step.name}`
  }
}

function prefixOf({ step }: Block): string {
  return 'node' in step && step.node !== null ? `${step.node}: ` : ''
}

/** With these a line of the driver begins; what a script prints must not pass for one. */
const driverWords =
  /^(?:\(finished: |Test "|!!!|Traceback |Polling condition |test script finished in |failed after |[\w.-]+: (?:\(finished: |output:|failed after |starting vm|QEMU running|connected to|\(connecting took|forced crash|Guest ))/

function disarmed(line: string): string {
  return driverWords.test(line) ? ` ${line}` : line
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
