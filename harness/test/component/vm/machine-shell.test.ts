import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bench, type GuestKind, MachineLab } from './machine-lab.ts'

const lab = new MachineLab()
afterAll(() => lab.close())

const kinds: GuestKind[] = ['tiny', 'bash', 'foreign', 'foreign-without-ports']

describe.each(kinds)('commands in a guest: %s', (kind) => {
  let guest: Bench
  const run: Bench['run'] = (...args) => guest.run(...args)
  beforeAll(async () => {
    guest = await lab.bench(kind)
  })
  afterAll(() => guest.machine.stop())

  test('come back with their output and their exact status', async () => {
    expect(await run('echo hello')).toEqual([0, 'hello\n'])
    expect(await run('printf "no line end"; exit 200')).toEqual([200, 'no line end'])
    expect(await run('')).toEqual([0, ''])
    expect(await run('false | true')).toEqual([1, ''])
    expect(await run('echo "$not_there"; echo not reached')).toEqual([expect.any(Number), ''])
    expect(await run('false; echo not reached')).toEqual([1, ''])
    expect((await run('no-such-program'))[0]).toBe(127)
    expect((await run('sh -c "kill -9 \\$\\$"'))[0]).toBe(137)
  })

  test('give any byte, in any amount', async () => {
    const octal = Array.from({ length: 256 }, (_, byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
    expect(await run(`printf '%b' '${octal}'`)).toEqual([0, all])
    for (const size of [999, 1000, 1001, 4096]) {
      expect(await run(`head -c ${size} /dev/zero | tr '\\0' '\\377'`)).toEqual([0, 'ÿ'.repeat(size)])
    }
    expect(await run('head -c 70 /dev/zero')).toEqual([0, '\0'.repeat(70)])
    const large = guest.machine.execute('head -c 4000000 /dev/zero | tr "\\0" x', null)
    // A driver that is too busy to read must not lose anything.
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500), 50)
    const whole = await large.then(
      ({ output }) => output.equals(Buffer.alloc(4_000_000, 'x')),
      (error: Error) => error.message,
    )
    // QEMU drops what comes too fast for a console without ports: that is told, or it did not happen.
    if (kind === 'foreign-without-ports' && whole !== true) expect(whole).toMatch(/console lost \d+ of 53/)
    else expect(whole).toBe(true)
  })

  test('arrive as they are, whatever their length', async () => {
    expect(await run(`x="it's"\ncat <<'END'\na $x \\ "b" ü\nEND\necho "$x"`)).toEqual([
      0,
      `${Buffer.from('a $x \\ "b" ü').toString('latin1')}\nit's\n`,
    ])
    const text = randomBytes(150_000).toString('base64')
    const [status, output] = await run(`printf %s '${text}' | sha256sum; printf %s '${text}' | wc -c`)
    expect([status, output]).toEqual([0, `${await sha256(text)}  -\n200000\n`])
  })

  test('have an empty standard input, or what they are fed', async () => {
    expect(await run('cat; echo end')).toEqual([0, 'end\n'])
    const input = randomBytes(kind === 'foreign-without-ports' ? 10_000 : 300_000)
    const { output } = await guest.machine.execute('cat', null, input)
    expect(output.equals(input)).toBe(true)
    expect(
      await guest.machine.execute('read -r line; echo "$line"; exit 3', null, Buffer.from('a\nb\n')),
    ).toEqual({
      status: 3,
      output: Buffer.from('a\n'),
    })
    expect(await run('echo next')).toEqual([0, 'next\n'])
  })

  test('write their errors to the console, not into their output', async () => {
    expect(await run('echo to the console >&2; echo to us; echo kernel words > /dev/kmsg')).toEqual([
      0,
      'to us\n',
    ])
    await guest.machine.consoleText(/^to the console$/)
    await guest.machine.consoleText(/kernel words/)
  })

  test('cannot harm the shell that they run in', async () => {
    const deeds: [string, number | null][] = [
      ['exit 7', 7],
      ['exec true', 0],
      ['exec sh -c "exit 8"', 8],
      ['trap "echo bye" EXIT; exit 9', 9],
      ['set +e; set -x; cd /proc; PATH=; IFS=abc; umask 777; exit 4', 4],
      ['exec > /dev/null 2>&1 < /dev/null; echo lost', 0],
      ['if then', null],
      ["echo 'unfinished", null],
      ['echo $(', null],
      ['vmproof() { exit 1; }; printf() { exit 1; }; true', 0],
      ['readonly vmproof_command=1 2> /dev/null; true', 0],
    ]
    for (const [deed, status] of deeds) {
      const [is] = await run(deed)
      if (status === null) expect([deed, is > 0]).toEqual([deed, true])
      else expect([deed, is]).toEqual([deed, status])
      expect([deed, ...(await run('echo well; exit 5'))]).toEqual([deed, 5, 'well\n'])
    }
    expect(await run('trap "echo bye" EXIT; echo hello')).toEqual([0, 'hello\nbye\n'])
  })

  test('have a process id of their own', async () => {
    expect(await run('echo $$ > /tmp/pid; exec sh -c \'[ $$ = "$(cat /tmp/pid)" ]\'')).toEqual([0, ''])
    expect((await run('kill -9 $$'))[0]).toBe(137)
    expect(await run('echo $#')).toEqual([0, '0\n'])
  })

  test('end when the last process that holds their output has let go of it', async () => {
    expect(await run('{ sleep 0.3; echo late; } & echo early')).toEqual([0, 'early\nlate\n'])
    expect(await run('sleep 60 > /dev/null 2>&1 & echo started')).toEqual([0, 'started\n'])
    expect(await run('echo one > /dev/stdout; echo two | tee /dev/stdout | wc -l')).toEqual([0, 'one\n2\n'])
    expect(await run('[ -t 1 ] || echo no terminal')).toEqual([0, 'no terminal\n'])
  })

  test('that take too long are ended, with what they said so far', async () => {
    expect(await run('echo begun; sleep 60', 1)).toEqual([124, 'begun\n'])
    expect(await run('echo in time', 5)).toEqual([0, 'in time\n'])
    expect(await run('exit 3', 5)).toEqual([3, ''])
  })

  test('wait for their turn', async () => {
    const order = await Promise.all(['1', '2', '3'].map((n) => run(`sleep 0.0${4 - Number(n)}; echo ${n}`)))
    expect(order).toEqual([
      [0, '1\n'],
      [0, '2\n'],
      [0, '3\n'],
    ])
  })

  test('take SIGINT, as programs expect', async () => {
    const [, ignored] = await run('grep SigIgn /proc/self/status | cut -f 2')
    expect(Number.parseInt(ignored, 16) & 0b110).toBe(0)
  })

  if (kind !== 'foreign-without-ports') workerTests(run)

  test('with a NUL are refused', async () => {
    await expect(run('echo \0')).rejects.toThrow('NUL')
    expect(await run('echo well')).toEqual([0, 'well\n'])
  })
})

/** What holds where the guest has the driver's port. */
function workerTests(run: Bench['run']): void {
  test('a worker that a command kills is replaced, and its end is the status', async () => {
    // Behind a variable: a command that names its process id gets a shell of its own.
    const suicide = `eval "kill -9 \\$\${empty-}$"`
    expect((await run(suicide))[0]).toBe(137)
    expect(await run('echo well')).toEqual([0, 'well\n'])
  })

  test('a worker that dies while nobody asks is replaced', async () => {
    const worker = (await run(`eval "echo \\$\${empty-}$"`))[1].trim()
    await run(`{ sleep 0.2; kill -9 ${worker}; } > /dev/null 2>&1 &`)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await run('echo well')).toEqual([0, 'well\n'])
  })

  test('a worker is freed of a command that listens to no signal, and of a daemon that holds its output', async () => {
    expect((await run('trap "" TERM; while :; do sleep 1; done', 1))[0]).toBe(124)
    expect((await run('setsid sleep 50 & exit 0', 1))[0]).toBe(124)
    expect(await run('echo well')).toEqual([0, 'well\n'])
  })
}

async function sha256(text: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}
