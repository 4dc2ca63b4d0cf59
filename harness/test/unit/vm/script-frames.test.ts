import { describe, expect, test } from 'vitest'
import { framesOf } from '../../../vm/script/script-frames.ts'

const source = {
  fileName: 'boots.ts',
  shownAs: '<string>',
  lines: ['', "  await machine.succeed('false')", ''],
}

function errorWith(message: string, frames: string[]): Error {
  const error = new Error(message)
  error.stack = [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n')
  return error
}

describe('frames of a script', () => {
  test('stand in the order of the calls, with their source', () => {
    const error = errorWith('no', [
      'VmNode.succeed (/x/harness/vm/script/node.ts:40:5)',
      'async twice (file:///x/suites/boots.ts:2:5)',
      'async Object.body (/x/suites/boots.ts:7:3)',
      'async runScript (/x/harness/vm/driver.ts:9:1)',
      'node:internal/process/task_queues:95:5',
    ])
    expect(framesOf(error, null, source)).toEqual([
      { file: 'test_driver/driver.ts', inDriver: true, line: 9, function: 'test_script', source: null },
      { file: '<string>', inDriver: false, line: 7, function: null, source: null },
      {
        file: '<string>',
        inDriver: false,
        line: 2,
        function: 'twice',
        source: "await machine.succeed('false')",
      },
      { file: 'test_driver/node.ts', inDriver: true, line: 40, function: 'succeed', source: null },
    ])
  })

  test('come from the beginning of the step where the error has lost them', () => {
    const error = errorWith('no', ['Demands.make (/x/harness/vm/script/demands.ts:5:1)'])
    const origin = errorWith('begun', [
      'TestRecorder.step (/x/harness/vm/record/a.ts:1:1)',
      'f (/x/suites/boots.ts:2:1)',
    ])
    expect(framesOf(error, origin, source).map((one) => (one.inDriver ? one.file : one.source))).toEqual([
      'test_driver/driver.ts',
      "await machine.succeed('false')",
      'test_driver/demands.ts',
    ])
  })

  test('are none of what the message says', () => {
    const error = errorWith('no\n    at forged (/x/suites/boots.ts:2:1)', [])
    expect(framesOf(error, null, source)).toMatchObject([{ function: 'test_script' }])
  })

  test('can be missing altogether', () => {
    const error = new Error('x')
    delete error.stack
    expect(framesOf(error, null, source)).toMatchObject([{ function: 'test_script' }])
  })
})
