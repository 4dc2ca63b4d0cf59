import { execFile } from 'node:child_process'

/** @returns what a program printed on standard output, or null when it failed or took longer than 20 s */
export function outputOf(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', timeout: 20_000, maxBuffer: 16 * 1024 * 1024 } as const
    const child = execFile(program, args, options, (error, stdout) => resolve(error ? null : stdout))
    child.stdin?.end()
  })
}

/** Compares the first two numbers of a version such as `2.8.0`. @returns null for a text without a version */
export function isAtLeast(text: string, [major, minor]: [number, number]): boolean | null {
  const match = /(\d+)\.(\d+)/.exec(text)
  if (!match) return null
  const found = [Number(match[1]), Number(match[2])] as const
  return found[0] > major || (found[0] === major && found[1] >= minor)
}
