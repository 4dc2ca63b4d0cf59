import { expect, test } from 'vitest'
import { driverForm, nodeForm, unknownForm } from '../../../log/assertion-forms.ts'

test.each([
  ['must succeed: echo one', 'succeed', 'echo one'],
  ['must succeed: ', 'succeed', ''],
  ['must succeed:\ntrue', 'succeed', '\ntrue'],
  ['must fail: false', 'fail', 'false'],
  ['waiting for success: test -e /x', 'wait_until_succeeds', 'test -e /x'],
  ['waiting for failure: test -e /x', 'wait_until_fails', 'test -e /x'],
  ['waiting for unit a.service', 'wait_for_unit', 'a.service'],
  ['waiting for unit a.service with user bob', 'wait_for_unit', 'a.service with user bob'],
  ["checking if unit 'web.service' has reached state 'active'", 'require_unit_state', 'web.service active'],
  [
    "checking if unit \u00e2\u0080\u0098a.service\u00e2\u0080\u0099 has reached state 'active'",
    'require_unit_state',
    'a.service active',
  ],
  ["waiting for file '/etc/hostname'", 'wait_for_file', '/etc/hostname'],
  ['waiting for TCP port 8080', 'wait_for_open_port', '8080'],
  ['waiting for TCP port 8080 on localhost', 'wait_for_open_port', '8080 on localhost'],
  ['waiting for TCP port 8080 on 10.0.0.1 to be closed', 'wait_for_closed_port', '8080 on 10.0.0.1'],
  ["waiting for UNIX-domain stream on '/run/a.sock'", 'wait_for_open_port', 'stream on /run/a.sock'],
  ['waiting for [a-z]+: to appear on tty 1', 'wait_until_tty_matches', '[a-z]+:'],
  ['waiting for hello to appear on screen', 'wait_for_text', 'hello'],
  ['waiting for the VM to power on to appear on console', 'wait_for_console_text', 'the VM to power on'],
  ['waiting for a window to appear', 'wait_for_window', ''],
  ['waiting for the X11 server', 'wait_for_x', ''],
  ['waiting for the VM to power off', 'wait_for_shutdown', ''],
  ['waiting for the container to power off', 'wait_for_shutdown', ''],
  ['making screenshot /out/a.png', 'screenshot', '/out/a.png'],
  ["sending key 'ctrl-alt-f1'", 'send_key', 'ctrl-alt-f1'],
  ["sending keys 'ls\\n'", 'send_chars', 'ls\\n'],
  ['sending keys "it\'s"', 'send_chars', "it's"],
])('%s', (head, kind, text) => {
  expect(nodeForm(head)).toEqual({ role: 'step', kind, text })
})

test('the driver keeps books of its own', () => {
  expect(nodeForm('waiting for the VM to finish booting')).toEqual({ role: 'bookkeeping', task: 'boot' })
  expect(driverForm('run the VM test script')).toEqual({ role: 'bookkeeping', task: 'script' })
  expect(driverForm('timeout reached; test terminating...')).toEqual({ role: 'bookkeeping', task: 'timeout' })
  expect(driverForm('constructor')).toBeNull()
})

test('groups hold other blocks', () => {
  expect(driverForm('subtest: a: b')).toEqual({ role: 'group', kind: 'subtest', text: 'a: b' })
  expect(driverForm("Checking polling condition 'it\\'s up'")).toEqual({
    role: 'group',
    kind: 'polling_condition',
    text: "it's up",
  })
  expect(unknownForm('waiting for it', false)).toEqual({
    role: 'group',
    kind: 'polling_condition',
    text: 'it',
  })
  expect(unknownForm('my own block', true)).toEqual({ role: 'group', kind: 'nested', text: 'my own block' })
})
