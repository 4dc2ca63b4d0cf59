import { spawnSync } from 'node:child_process'
import { median } from './lib/median.ts'

const rounds = 21

/** `vmproof --help` against a Node that does nothing, in turns, so that a busy moment of the host hits both. */
export default async function start(say: (line: string) => void): Promise<Record<string, number>> {
  const help = ['harness/bin.mjs', '--help']
  // The first start after an edit builds the bundle; every other one finds it.
  milliseconds(help)
  const idle: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    idle.push(milliseconds(['-e', '0']))
    ours.push(milliseconds(help))
  }
  const ratioToNode = median(ours) / median(idle)
  say(
    `medians of ${rounds}: node -e 0 ${median(idle).toFixed(0)} ms, vmproof --help ${median(ours).toFixed(0)} ms`,
  )
  say(`${ratioToNode.toFixed(2)} times Node's own start (bound 2.5)`)
  return { ratioToNode, nodeMilliseconds: median(idle), helpMilliseconds: median(ours) }
}

function milliseconds(args: string[]): number {
  const begin = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const took = performance.now() - begin
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${stderr}`)
  return took
}
