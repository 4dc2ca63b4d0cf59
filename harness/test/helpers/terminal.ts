import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { TestScreen } from '../unit/terminal/screen.ts'
import { projectRoot } from './project-root.ts'

const bin = join(projectRoot, 'harness/bin.mjs')

/** A command in a terminal of its own: its screen as a person sees it, and a keyboard. */
export interface TerminalSession {
  screen: TestScreen
  /** Keys as the terminal sends them: `\x03` is Ctrl-C. */
  type(keys: string): void
  /** A new size of the window. */
  resize(columns: number, rows: number): Promise<void>
  /** The screen, as soon as it is like this. @throws with the last one when the command ends before */
  seen(isSo: (rows: string[]) => boolean): Promise<string[]>
  /** Id of the process in the terminal. */
  pid(): number
  /** Its exit code. */
  ended: Promise<number | null>
}

/** Where and as what a command is started. */
export interface TerminalOptions {
  cwd: string
  columns: number
  rows: number
  env?: Record<string, string>
  /** Shell words before the command; default: it takes the shell's place. */
  shell?: (command: string) => string
}

// Nothing of the terminal or CI job in which the tests run.
const foreign =
  /^(CI|GITHUB_|GITLAB_|TERM|COLORTERM|VTE_|WT_|KITTY_|KONSOLE_|TMUX|STY|FORCE_|NO_COLOR|SSH_|npm_)/

/** Starts vmproof in a pseudo-terminal, which `script` of every Linux makes; ended when the test has finished. */
export function vmproofInTerminal(args: string[], options: TerminalOptions): TerminalSession {
  const { cwd, columns, rows, env = {}, shell = (command) => `exec ${command}` } = options
  const about = join(cwd, `.terminal-${Math.random().toString(36).slice(2)}`)
  const words = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ')
  const begin = `stty cols ${columns} rows ${rows}; echo "$$ $(tty)" > '${about}'; ${shell(words)}`
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const child = spawn('script', ['--quiet', '--return', '--command', begin, '/dev/null'], {
    cwd,
    env: { ...clean, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const screen = new TestScreen(columns, rows)
  child.stdout.setEncoding('utf8').on('data', (text: string) => screen.write(text))
  let isOver = false
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      isOver = true
      resolve(code)
    })
  })
  const told = () => (existsSync(about) ? readFileSync(about, 'utf8').trim().split(' ') : [])
  return {
    screen,
    type: (keys) => void child.stdin.write(keys),
    async resize(columns, rows) {
      await screen.resize(columns, rows)
      spawnSync('stty', ['-F', told()[1] ?? '', 'cols', String(columns), 'rows', String(rows)])
    },
    async seen(isSo) {
      for (;;) {
        const over = isOver
        const text = await screen.text()
        if (isSo(text)) return text
        if (over) throw new Error(`never seen:\n${text.join('\n')}`)
        await sleep(20)
      }
    },
    pid: () => Number(told()[0]),
    ended,
  }
}
