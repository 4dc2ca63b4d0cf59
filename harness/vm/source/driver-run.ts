import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Answer, Operator } from '../../model/operator.ts'
import { type Child, type ChildExit, startChild } from '../../process/child.ts'
import { lastBytes } from '../../process/last-bytes.ts'
import type { AttemptObserver } from '../../run/ports.ts'
import type { TestEnd } from '../driver.ts'
import { afterSeconds } from '../elapsed.ts'
import { type DriverJob, readMessages } from './messages.ts'

/** The driver needs this long to end its nodes after its own time limit; then it hangs. */
const graceSeconds = 10
/** It says at once that its time is over, unless its script does not let it: one that loops hears no timer. */
const deafSeconds = 3

/** What became of the driver's program. */
export interface DriverEnding {
  exit: ChildExit
  /** The end of the test as the driver told it; null when it could not any more. */
  end: TestEnd | null
  /** Who ended it. */
  stopped: 'interruption' | 'time' | null
  /** Its last words on standard error. */
  said: string[]
}

/** Who hears what the driver tells, and who tells it what to do. */
export interface DriverCompany {
  observer: AttemptObserver
  /** null: it runs the suite's script. */
  operator: Operator | null
}

/** Runs the driver's program and delivers what it tells. @param program path of suite-driver.js */
export async function runDriver(
  program: string,
  job: DriverJob,
  { observer, operator }: DriverCompany,
  signal: AbortSignal,
): Promise<DriverEnding> {
  const jobFile = join(job.stateFolder, 'job.json')
  writeFileSync(jobFile, JSON.stringify(job))
  const child = startChild(process.execPath, ['--enable-source-maps', program, jobFile], {
    hasReport: true,
    hasInput: operator !== null,
    graceSeconds: 3,
  })
  const stopper = stopOn(child, job.config.globalTimeoutSeconds, signal)
  let end: TestEnd | null = null
  const dictation = operator && child.stdin && dictate(operator, child.stdin)
  const messages = readMessages((message) => {
    switch (message.type) {
      case 'event':
        if (message.event.type === 'scriptStarted') dictation?.begin()
        return observer.event(message.event)
      case 'console':
        return observer.console(message.node, message.text)
      case 'output':
        return dictation?.printed(message.text)
      case 'answered':
        return dictation?.answered(message.answer)
      case 'ended':
        end = message.end
        return
    }
  })
  const record = (bytes: Buffer) => {
    stopper.heard()
    observer.record(bytes)
  }
  const [errors] = await Promise.all([
    lastBytes(child.stderr, 4096, record),
    lastBytes(child.stdout, 0, record),
    lastBytes(child.report, 0, (bytes) => messages.write(bytes)),
  ])
  const exit = await child.exited
  stopper.release()
  dictation?.over()
  return { exit, end, stopped: stopper.why(), said: errors.toString().trim().split('\n').slice(-20) }
}

interface Dictation {
  /** The driver listens now. */
  begin(): void
  printed(text: string): void
  answered(answer: Omit<Answer, 'output'>): void
  /** The driver is gone: nobody takes orders any more. */
  over(): void
}

/** Hands over one order after the other, each when the one before was answered. */
function dictate({ orders, answered }: Operator, input: Writable): Dictation {
  // A driver that has ended is told by its exit.
  input.on('error', () => {})
  let isOver = false
  let output = ''
  const next = async () => {
    const { value, done } = await orders.next()
    if (isOver) return
    if (done) input.end()
    else input.write(`${JSON.stringify(value)}\n`)
  }
  return {
    begin: () => void next(),
    printed: (text) => {
      output += text
    },
    answered: (answer) => {
      answered({ ...answer, output })
      output = ''
      void next()
    },
    over: () => {
      isOver = true
      void orders.return?.()
    },
  }
}

/** Ends a child that does not end by itself after its time, or when the run is interrupted. */
function stopOn(child: Child, limitSeconds: number, signal: AbortSignal) {
  let why: DriverEnding['stopped'] = null
  let heardMs = performance.now()
  const stop = (because: 'interruption' | 'time') => {
    why ??= because
    void child.stop()
  }
  const interrupt = () => stop('interruption')
  const isDeaf = () => performance.now() - heardMs > deafSeconds * 1000
  const timers = [
    afterSeconds(limitSeconds + deafSeconds, () => {
      if (!isDeaf()) return
      why ??= 'time'
      child.kill()
    }),
    afterSeconds(limitSeconds + graceSeconds, () => stop('time')),
  ]
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt, { once: true })
  return {
    why: () => why,
    heard: () => {
      heardMs = performance.now()
    },
    release: () => {
      for (const timer of timers) clearTimeout(timer)
      signal.removeEventListener('abort', interrupt)
    },
  }
}
