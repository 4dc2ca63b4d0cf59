import { expect, test } from 'vitest'
import type { LogEvent } from '../../../model/log-event.ts'
import { RequestedAssertionFailed } from '../../../vm/errors.ts'
import { TestRecorder } from '../../../vm/record/test-recorder.ts'
import { readFile } from '../../helpers/driver-logs.ts'
import { reportOf } from '../../helpers/read-log.ts'

const frames = [
  { file: 'test_driver/driver.ts', inDriver: true, line: 1, function: 'test_script', source: null },
]

/** A test as the driver tells it, without any VM. */
async function recorded() {
  let text = ''
  const events: LogEvent[] = []
  const write = (part: string) => {
    text += part
  }
  const log = new TestRecorder({ stdout: write, stderr: write }, { event: (event) => events.push(event) })
  const work = (name: string, body: () => Promise<void>) =>
    log.step({ type: 'work', node: null, text: name }, body)
  const demand = (node: string, command: string, output?: string) =>
    log.step({ type: 'assertion', node, kind: 'succeed', text: command }, async () => {
      if (output !== undefined)
        throw new RequestedAssertionFailed(`command \`${command}\` failed (exit code 1)`, output)
    })
  const error = await work('start all VLans', async () => undefined)
    .then(() => {
      log.remark(null, 'test driver: vmproof')
      return log.step({ type: 'script' }, async () => {
        log.symbolsExposed({ nodes: ['alpha', 'beta'], vlans: [1], tools: ['print'] })
        log.print('[PHASE 1] one')
        for (const node of ['alpha', 'beta']) log.qemuStarting(node)
        await demand('alpha', 'true\nfalse')
        await demand('alpha', 'cat x', 'several\nlines\n').catch(() => undefined)
        log.console('beta', '[    1.0] a console line')
        await demand('beta', 'cat y\ncat z', 'one line').catch(() => undefined)
        await log.step({ type: 'subtest', name: 'a' }, () => demand('alpha', 'cat x', ''))
      })
    })
    .catch((thrown) => thrown as Error)
  const failure = { thrown: error, error: error as Error, frames }
  log.scriptFailed(failure)
  await work('cleanup', async () => undefined)
  await log.end(failure)
  return { text, told: reportOf(events) }
}

test('its log says the same without escape codes, as a terminal or a web page gives it back', async () => {
  const { text, told } = await recorded()
  const plain = text.replace(/\x1b\[\d*m/g, '')
  const [read] = readFile(plain)
  expect(read).toEqual(told)
  const prefixed = plain.replace(/^/gm, 'vm-test-run-x> ')
  expect(readFile(prefixed)[0]?.assertions).toEqual(told.assertions)
})

test('its log that breaks off tells what is known by then', async () => {
  const { text } = await recorded()
  const lines = text.split('\n')
  for (let end = 0; end < lines.length; end++) {
    const [read] = readFile(lines.slice(0, end).join('\n'))
    for (const { outcome } of read?.assertions ?? []) expect(outcome).not.toBe('errored')
    expect(['unknown', 'failed']).toContain(read?.outcome ?? 'unknown')
  }
})
