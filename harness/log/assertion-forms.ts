import type { AssertionKind } from '../model/assertion.ts'

/**
 * What the head of a block says. A `step` is one demand on a node, a `group` holds other blocks and is an
 * assertion too; `bookkeeping` is the driver's own.
 */
export type HeadForm =
  | { role: 'step' | 'group'; kind: AssertionKind; text: string }
  | { role: 'bookkeeping'; task: DriverTask }

/** Work of the driver itself, by what it tells about the test. */
export type DriverTask = 'script' | 'cleanup' | 'timeout' | 'boot' | 'other'

/** Phrases with the demand behind them, most frequent first. */
const prefixes: [string, AssertionKind][] = [
  // must succeed: ping -c 1 beta
  ['must succeed: ', 'succeed'],
  // must fail: false
  ['must fail: ', 'fail'],
  // waiting for unit multi-user.target
  ['waiting for unit ', 'wait_for_unit'],
  // waiting for success: test -e /tmp/later
  ['waiting for success: ', 'wait_until_succeeds'],
  // waiting for failure: test -e /tmp/later
  ['waiting for failure: ', 'wait_until_fails'],
  // need not succeed: systemctl is-active web                     (only our own driver tells these)
  ['need not succeed: ', 'execute'],
  // making screenshot /build/out/screen.png
  ['making screenshot ', 'screenshot'],
]

type Pattern = [RegExp, AssertionKind, (match: RegExpExecArray) => string]
const first = (match: RegExpExecArray) => match[1] ?? ''
const nothing = () => ''

/** The rest; curly quotes (older drivers) in latin1. */
const patterns: Pattern[] = [
  // waiting for TCP port 8080 on localhost to be closed
  [/^waiting for TCP port (.*) to be closed$/s, 'wait_for_closed_port', first],
  // waiting for TCP port 8080 on localhost
  [/^waiting for TCP port (.*)$/s, 'wait_for_open_port', first],
  // waiting for UNIX-domain stream on '/run/web.sock'
  [/^waiting for UNIX-domain (\S+ on) '(.*)'$/s, 'wait_for_open_port', (m) => `${m[1]} ${m[2]}`],
  // waiting for file '/etc/hostname'
  [/^waiting for file (.*)$/s, 'wait_for_file', (m) => unquoted(m[1] ?? '')],
  // checking if unit 'web.service' has reached state 'active'
  [
    /^checking if unit (?:'|\xe2\x80\x98)(.*)(?:'|\xe2\x80\x99) has reached state '(.*)'$/s,
    'require_unit_state',
    (m) => `${m[1]} ${m[2]}`,
  ],
  // waiting for the VM to power off
  [/^waiting for the (?:VM|container) to power off$/, 'wait_for_shutdown', nothing],
  // waiting for the X11 server
  [/^waiting for the X11 server$/, 'wait_for_x', nothing],
  // waiting for a window to appear
  [/^waiting for a window to appear$/, 'wait_for_window', nothing],
  // waiting for login: to appear on tty 1
  [/^waiting for (.*) to appear on tty \S+$/s, 'wait_until_tty_matches', first],
  // waiting for (?i)welcome to appear on screen
  [/^waiting for (.*) to appear on screen$/s, 'wait_for_text', first],
  // waiting for Reached target Multi-User to appear on console
  [/^waiting for (.*) to appear on console$/s, 'wait_for_console_text', first],
  // sending keys 'ls\n'
  [/^sending keys (.*)$/s, 'send_chars', (m) => unquoted(m[1] ?? '')],
  // sending key 'ctrl-alt-f1'
  [/^sending key (.*)$/s, 'send_key', (m) => unquoted(m[1] ?? '')],
]

function isTrimmed(text: string, prefix: string): boolean {
  const bare = prefix.length - 1
  return (
    text.charCodeAt(bare - 1) === 58 &&
    prefix.startsWith(text.slice(0, bare)) &&
    (text[bare] ?? '\n') === '\n'
  )
}

const bookkeeping =
  /^(?:waiting for the VM to finish booting$|sending monitor command: |waiting for monitor prompt$)/

/** A block of a node, by its text without colours. @returns null for words that are no driver's */
export function nodeForm(text: string): HeadForm | null {
  for (const [prefix, kind] of prefixes) {
    if (text.startsWith(prefix)) return { role: 'step', kind, text: text.slice(prefix.length) }
    // must succeed:          (the command's first line is empty, and the blank behind the colon was trimmed)
    if (isTrimmed(text, prefix)) return { role: 'step', kind, text: text.slice(prefix.length - 1) }
  }
  if (bookkeeping.test(text)) {
    return { role: 'bookkeeping', task: text.startsWith('waiting for the VM') ? 'boot' : 'other' }
  }
  for (const [pattern, kind, textOf] of patterns) {
    const match = pattern.exec(text)
    if (match) return { role: 'step', kind, text: textOf(match) }
  }
  return null
}

const driverTasks = new Map<string, DriverTask>(
  Object.entries({
    'run the VM test script': 'script',
    // before 2021
    'running the VM test script': 'script',
    cleanup: 'cleanup',
    // before 2022
    'cleaning up': 'cleanup',
    'timeout reached; test terminating...': 'timeout',
    'start all VLans': 'other',
    'starting VDE switches': 'other',
    'start all VMs': 'other',
    'starting all VMs': 'other',
    'start vhost-device-vsock': 'other',
    'wait for all VMs to finish': 'other',
    'waiting for all VMs to finish': 'other',
  } as const),
)
const longestTask = Math.max(...[...driverTasks.keys()].map(({ length }) => length))

/** A block of the driver itself. @returns null for words that are no driver's */
export function driverForm(text: string): HeadForm | null {
  // subtest: nested inner
  if (text.startsWith('subtest: ')) return { role: 'group', kind: 'subtest', text: text.slice(9) }
  const task = text.length <= longestTask ? driverTasks.get(text) : undefined
  if (task) return { role: 'bookkeeping', task }
  // Checking polling condition 'machine is alive'
  const polled = /^Checking polling condition (.*)$/s.exec(text)
  if (polled) return { role: 'group', kind: 'polling_condition', text: unescaped(unquoted(polled[1] ?? '')) }
  return null
}

/** Coloured, so it is a block: what the driver has no phrase for is the script's own `nested`. */
export function unknownForm(text: string, ofNode: boolean): HeadForm {
  // waiting for machine is alive          (the driver's `condition.wait()`)
  if (!ofNode && text.startsWith('waiting for ')) {
    return { role: 'group', kind: 'polling_condition', text: text.slice(12) }
  }
  return { role: 'group', kind: 'nested', text }
}

/** Without the quotes of Python's repr() or the curly ones of older drivers; escapes stay as they are. */
function unquoted(text: string): string {
  const match = /^(?:'(.*)'|"(.*)"|\xe2\x80\x98(.*)\xe2\x80[\x98\x99])$/s.exec(text)
  return match ? (match[1] ?? match[2] ?? match[3] ?? '') : text
}

/** The words behind Python's repr() of them, as far as quotes go. */
function unescaped(text: string): string {
  return text.replace(/\\(['"\\])/g, '$1')
}
