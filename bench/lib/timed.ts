import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a program to its end, without its output. @returns seconds. @throws with its errors when it exits otherwise */
export async function timed(program: string, args: string[], cwd: string): Promise<number> {
  const begin = performance.now()
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${errors}`)
  return (performance.now() - begin) / 1000
}
