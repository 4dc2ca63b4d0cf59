import { describe, expect, test } from 'vitest'
import { ConsoleLines } from '../../../vm/machine/console-lines.ts'
import { parseConsoleAnswer } from '../../../vm/machine/console-shell.ts'
import { FrameSplitter } from '../../../vm/machine/frame-splitter.ts'
import { emptyQcow2, qcow2Size } from '../../../vm/machine/qcow2.ts'
import { consoleCommand, workerCommand } from '../../../vm/machine/shell-text.ts'
import { scriptFrames } from '../../../vm/script/script-frames.ts'

describe('what the shells are told', () => {
  test('bash gets a command behind the number of its bytes, others as one word', () => {
    expect(workerCommand("echo 'ü'", 'bash')).toBe("vmproof 9\necho 'ü'")
    expect(workerCommand('echo ü', 'sh')).toBe("vmproof 'echo ü'\n")
  })

  test.each(['echo $$ > pid', `kill \${$}`, 'echo $PPID'])('%s gets a shell of its own', (command) => {
    expect(workerCommand(command, 'bash')).toContain("exec bash -c 'set -euo pipefail; ")
    expect(workerCommand(command, 'sh')).toContain(' sh -c ')
  })

  test('no program is started that a command does not ask for', () => {
    expect(workerCommand('echo $1 "$HOME"', 'bash')).toBe('vmproof 15\necho $1 "$HOME"')
    expect(workerCommand('', 'bash')).toBe('vmproof 1\n:')
  })

  test('on a console a time limit is whole seconds', () => {
    expect(consoleCommand('true', 0.2, 't')).toContain('( timeout 1 ')
    expect(consoleCommand('true', null, 't')).not.toContain('timeout')
  })
})

describe('answers on a console', () => {
  const answer = (bytes: Buffer) => withLength(bytes.toString('base64'))
  const withLength = (encoded: string) => `${encoded} ${encoded.length}`

  test('the status stands behind the output, which may be any bytes', () => {
    const output = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const line = answer(Buffer.concat([output, Buffer.from('token7token')]))
    expect(parseConsoleAnswer(line, 'token')).toEqual({ status: 7, output })
  })

  test('what came behind the status is output, too', () => {
    const line = answer(Buffer.from('early token3token late'))
    expect(parseConsoleAnswer(line, 'token')).toEqual({ status: 3, output: Buffer.from('early  late') })
  })

  test('output that holds the token itself is not cut', () => {
    const line = answer(Buffer.from('token1 token0token'))
    expect(parseConsoleAnswer(line, 'token')).toEqual({ status: 0, output: Buffer.from('token1 ') })
  })

  test('anything else is an error that quotes it, and an answer that lost bytes says so', () => {
    expect(() => parseConsoleAnswer('Segmentation fault', 'token')).toThrow('Segmentation fault')
    expect(() => parseConsoleAnswer('', 'token')).toThrow("guest's shell")
    expect(() => parseConsoleAnswer(withLength('abcd'), 'token')).toThrow("guest's shell")
    const whole = answer(Buffer.from('some output token0token'))
    for (let lost = 4; lost < 20; lost += 4) {
      expect(() => parseConsoleAnswer(whole.slice(lost), 'token')).toThrow(`lost ${lost} of 32 bytes`)
    }
  })
})

describe('an empty qcow2 image', () => {
  test.each([1, 512, 2 ** 29, 2 ** 29 + 1, 40 * 2 ** 30, 2 ** 45])('of %d bytes tells its size', (size) => {
    expect(qcow2Size(emptyQcow2(size).subarray(0, 32))).toBe(size)
  })

  test('is told from anything else', () => {
    expect(qcow2Size(Buffer.alloc(32))).toBeNull()
    expect(qcow2Size(Buffer.from('QFI'))).toBeNull()
  })
})

describe('console lines', () => {
  function cut(...pieces: (string | Buffer)[]): string[] {
    const lines: string[] = []
    const console = new ConsoleLines((line) => lines.push(line))
    for (const piece of pieces) console.push(Buffer.from(piece))
    console.end()
    return lines
  }

  test('lines are put together however they come', () => {
    expect(cut('on', 'e\r\ntwo  \n', '\n', 'three')).toEqual(['one', 'two', '', 'three'])
  })

  test('a character in two pieces stays one', () => {
    const bytes = Buffer.from('ü\n')
    expect(cut(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['ü'])
  })

  test('a guest that never ends its line does not fill memory', () => {
    const lines = cut(...Array.from({ length: 300 }, () => 'z'.repeat(1024)))
    expect(lines.length).toBeGreaterThan(3)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(66 * 1024)
    expect(lines.join('')).toHaveLength(300 * 1024)
  })
})

describe('frames of a vlan', () => {
  const frame = (text: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }

  test('only whole frames pass, whatever the cuts', () => {
    const stream = Buffer.concat([frame('alpha'), frame(''), frame('beta')])
    for (let cut = 0; cut <= stream.length; cut++) {
      const splitter = new FrameSplitter()
      const first = splitter.push(stream.subarray(0, cut))
      const second = splitter.push(stream.subarray(cut))
      expect(Buffer.concat([first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)])).toEqual(stream)
      expect([0, 9, 13, 21]).toContain(first?.length)
    }
  })

  test('a length that no frame has breaks the stream', () => {
    expect(new FrameSplitter().push(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toBeNull()
  })
})

describe('frames of a script', () => {
  const source = { fileName: 'boots.ts', shownAs: '<string>', lines: ['one', '  two', 'three'] }

  test("the script's lines and the driver's count, innermost last", () => {
    const error = new Error('x')
    error.stack = [
      'Error: x',
      '    at VmNode.#mustSucceed (/s/harness/vm/script/node.ts:9:1)',
      '    at async helper (/s/checks/boots.ts:2:5)',
      '    at async file:///s/checks/boots.ts:3:3',
      '    at async Promise.all (index 0)',
      '    at async /s/checks/not-boots.ts:1:1',
      '    at async runScript (/s/harness/vm/driver.ts:99:9)',
    ].join('\n')
    expect(scriptFrames(error, source)).toEqual([
      { file: 'test_driver/driver.ts', inDriver: true, line: 99, function: 'test_script', source: null },
      { file: '<string>', inDriver: false, line: 3, function: null, source: 'three' },
      { file: '<string>', inDriver: false, line: 2, function: 'helper', source: 'two' },
      { file: 'test_driver/node.ts', inDriver: true, line: 9, function: '#mustSucceed', source: null },
    ])
  })

  test('an error without a stack has none', () => {
    const error = new Error('x')
    delete error.stack
    expect(scriptFrames(error, source)).toEqual([])
  })
})
