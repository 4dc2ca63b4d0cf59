import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEvent } from '../../harness/model/log-event.ts'
import type { UnstampedRunEvent } from '../../harness/model/run-event.ts'

const failEvery = 100

/** What `vmproof report` cost. */
export interface ReportCost {
  seconds: number
  peakRssMb: number
}

/** Runs `vmproof report` in a process of its own. @param target file for its standard output */
export async function report(args: string[], scratch: string, target: string): Promise<ReportCost> {
  const rss = join(scratch, 'rss')
  const hook = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(rss)}, String(process.resourceUsage().maxRSS)))`
  const preload = `import { createRequire } from 'node:module'; const require = createRequire('/'); ${hook}`
  const words = [
    '--import',
    `data:text/javascript,${encodeURIComponent(preload)}`,
    'harness/bin.mjs',
    'report',
  ]
  const begin = performance.now()
  const child = spawn(process.execPath, [...words, ...args], {
    stdio: ['ignore', openSync(target, 'w'), 'pipe'],
  })
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`vmproof report exited with ${code}: ${errors}`)
  const seconds = (performance.now() - begin) / 1000
  return { seconds, peakRssMb: Number(readFileSync(rss, 'utf8')) / 1024 }
}

/** A run whose checks have this many assertions each, of which 1 in 100 failed. */
export interface JournalShape {
  id: string
  /** Names. */
  checks: string[]
  assertions: number
}

/** Writes the journal of a run that never was. */
export async function writeJournal(path: string, shape: JournalShape): Promise<void> {
  const file = createWriteStream(path)
  const at = '2026-11-20T07:53:31.000Z'
  for (const event of events(shape)) {
    if (!file.write(`${JSON.stringify({ at, ...event })}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function* events({ id, checks, assertions }: JournalShape): Generator<UnstampedRunEvent> {
  const host = { name: 'bench', system: 'x86_64-linux', cores: 2, memoryMiB: 4096 }
  yield {
    type: 'runStarted',
    schema: 1,
    run: {
      id,
      startedAt: '2026-11-20T07:53:31.000Z',
      endedAt: null,
      seconds: null,
      vmproofVersion: '0.0.0',
      host,
      command: ['run'],
      interrupted: false,
      exitCode: null,
    },
  }
  for (const check of checks) yield* checkEvents(check, assertions)
  yield { type: 'runEnded', seconds: 3600, exitCode: 1 }
}

function* checkEvents(check: string, assertions: number): Generator<UnstampedRunEvent> {
  const place = { instance: check, attempt: 1 }
  yield {
    type: 'instancePlanned',
    instance: check,
    check,
    kind: 'nixos',
    profile: null,
    accelerator: 'tcg',
    tags: ['k3s'],
    system: 'x86_64-linux',
    derivation: null,
    namedExplicitly: false,
  }
  yield { type: 'attemptStarted', ...place, folder: `${check}/attempt-1` }
  for (let index = 0; index < assertions; index++) {
    for (const event of assertionEvents(index)) yield { type: 'attemptLogged', ...place, event }
  }
  yield {
    type: 'attemptEnded',
    ...place,
    outcome: 'failed',
    execution: 'executed',
    accelerator: 'tcg',
    seconds: 180,
    failure: null,
    nodes: [],
    notes: [],
    consoles: [],
  }
}

function assertionEvents(index: number): LogEvent[] {
  const failed = index % failEvery === failEvery - 1
  const node = `server_${index % 3}`
  const text = `kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml get pod test-pod-${index} -o jsonpath='{.status.phase}' | grep -q Running`
  const message = `command \`${text}\` failed (exit code 1)`
  return [
    {
      type: 'assertionStarted',
      index,
      node,
      kind: 'succeed',
      text,
      phase: '[PHASE 2] Pods',
      path: ['pods run'],
      line: index,
    },
    {
      type: 'assertionEnded',
      index,
      outcome: failed ? 'failed' : 'passed',
      caught: false,
      seconds: 0.125,
      message: failed ? message : null,
      output: failed ? 'NAME  READY  STATUS\n'.repeat(50) : null,
    },
  ]
}
