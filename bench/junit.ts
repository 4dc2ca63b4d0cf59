import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogEvent } from '../harness/model/log-event.ts'
import type { UnstampedRunEvent } from '../harness/model/run-event.ts'

const assertions = 100_000
const checks = 20
const failEvery = 100

/** From a journal of 100,000 assertions to JUnit XML, in a process of its own: what `vmproof report` costs. */
export default async function junit(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-junit-'))
  try {
    await writeJournal(join(folder, 'events.ndjson'))
    await report(folder, '/dev/null')
    const { seconds, peakRssMb } = await report(folder, join(folder, 'junit.xml'))
    const megabytes = statSync(join(folder, 'junit.xml')).size / 1e6
    say(
      `${assertions} assertions in ${checks} checks, 1 in ${failEvery} failed: ${megabytes.toFixed(1)} MB of XML`,
    )
    say(`journal to XML in ${seconds.toFixed(2)} s, peak ${peakRssMb.toFixed(0)} MB`)
    return { seconds, peakRssMb }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function report(folder: string, target: string): Promise<{ seconds: number; peakRssMb: number }> {
  const rss = join(folder, 'rss')
  const hook = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(rss)}, String(process.resourceUsage().maxRSS)))`
  const preload = `import { createRequire } from 'node:module'; const require = createRequire('/'); ${hook}`
  const begin = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(preload)}`,
      'harness/bin.mjs',
      'report',
      folder,
      '--format',
      'junit',
    ],
    { stdio: ['ignore', openSync(target, 'w'), 'pipe'] },
  )
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`vmproof report exited with ${code}: ${errors}`)
  const seconds = (performance.now() - begin) / 1000
  return { seconds, peakRssMb: Number(readFileSync(rss, 'utf8')) / 1024 }
}

async function writeJournal(path: string): Promise<void> {
  const file = createWriteStream(path)
  const at = '2026-11-20T07:53:31.000Z'
  for (const event of events()) {
    if (!file.write(`${JSON.stringify({ at, ...event })}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function* events(): Generator<UnstampedRunEvent> {
  const host = { name: 'bench', system: 'x86_64-linux', cores: 2, memoryMiB: 4096 }
  yield {
    type: 'runStarted',
    schema: 1,
    run: {
      id: 'bench',
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
  for (let check = 0; check < checks; check++) yield* checkEvents(`k3s-cluster-${check}`)
  yield { type: 'runEnded', seconds: 3600, exitCode: 1 }
}

function* checkEvents(check: string): Generator<UnstampedRunEvent> {
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
  for (let index = 0; index < assertions / checks; index++) {
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
