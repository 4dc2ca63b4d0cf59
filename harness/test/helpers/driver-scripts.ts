/*
 * Shell scripts that say what the NixOS driver says when its script passes and when it fails: lines of its real logs.
 */

const head = ['start all VLans', 'run the VM test script', 'machine: must succeed: true']
const finished = '(finished: must succeed: true, in 0.01 seconds)'
const ends = [
  '(finished: run the VM test script, in 0.02 seconds)',
  'test script finished in 0.02s',
  'cleanup',
  '(finished: cleanup, in 0.00 seconds)',
]
const fails = [
  ...head,
  'machine: output: ',
  '!!! Traceback (most recent call last):',
  '!!!   File "<string>", line 4, in <module>',
  '!!!     machine.succeed("true")',
  '!!! RequestedAssertionFailed: command `true` failed (exit code 1)',
  'cleanup',
]

/** A script that says these lines. */
export function say(lines: string[]): string {
  return lines.map((line) => `echo ${shellWord(line)}`).join('; ')
}

export const pass = say([...head, finished, ...ends])

/** Passes when a file is there; its first assertion has passed before. */
export function passWhen(file: string): string {
  return `${say([...head, finished])}; while [ ! -e ${file} ]; do sleep 0.1; done; ${say(ends)}`
}

export const fail = `${say(fails)}; exit 1`

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
