import { expect, test } from 'vitest'
import { capabilitiesOf } from '../../../terminal/capabilities.ts'

const terminal = { isTTY: true }
const xterm = { TERM: 'xterm-256color' }

/** L links, T title, P progress, S synchronized, R reflows. */
function letters(stream: { isTTY?: boolean }, env: Record<string, string>): string {
  const can = capabilitiesOf(stream, env)
  return [
    can.links && 'L',
    can.title && 'T',
    can.progress && 'P',
    can.synchronized && 'S',
    can.reflows && 'R',
  ]
    .filter(Boolean)
    .join('')
}

test.each([
  ['nobody knows which', xterm, 'TSR'],
  ['the real xterm', { ...xterm, XTERM_VERSION: 'XTerm(379)' }, 'TS'],
  ['urxvt', { TERM: 'rxvt-unicode-256color' }, 'TS'],
  ['GNOME Terminal', { ...xterm, VTE_VERSION: '7006' }, 'LTSR'],
  ['GNOME Terminal that knows progress', { ...xterm, VTE_VERSION: '8001' }, 'LTPSR'],
  ['a VTE before links', { ...xterm, VTE_VERSION: '4803' }, 'TSR'],
  ['the VTE that crashes on links', { ...xterm, VTE_VERSION: '5000' }, 'TSR'],
  ['Konsole', { ...xterm, KONSOLE_VERSION: '250801' }, 'LTPSR'],
  ['an old Konsole', { ...xterm, KONSOLE_VERSION: '200400' }, 'TSR'],
  ['Windows Terminal', { ...xterm, WT_SESSION: '8c3f' }, 'LTPSR'],
  ['ConEmu', { ...xterm, ConEmuANSI: 'ON' }, 'TPSR'],
  ['kitty', { TERM: 'xterm-kitty', KITTY_WINDOW_ID: '1' }, 'LTSR'],
  ['kitty through ssh', { TERM: 'xterm-kitty' }, 'LTSR'],
  ['Ghostty', { TERM: 'xterm-ghostty', TERM_PROGRAM: 'ghostty', TERM_PROGRAM_VERSION: '1.2.0' }, 'LTPSR'],
  [
    'an old Ghostty',
    { TERM: 'xterm-ghostty', TERM_PROGRAM: 'ghostty', TERM_PROGRAM_VERSION: '1.1.3' },
    'LTSR',
  ],
  [
    'WezTerm',
    { ...xterm, TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' },
    'LTPSR',
  ],
  ['iTerm2', { ...xterm, TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.6.6' }, 'LTPSR'],
  [
    'an iTerm2 to which progress is a notification',
    { ...xterm, TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5.14' },
    'LTSR',
  ],
  ['an iTerm2 before links', { ...xterm, TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0.15' }, 'TSR'],
  ['VS Code', { ...xterm, TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.112.0' }, 'LTSR'],
  ['Apple Terminal', { ...xterm, TERM_PROGRAM: 'Apple_Terminal', TERM_PROGRAM_VERSION: '455' }, 'TSR'],
  ['alacritty', { TERM: 'alacritty' }, 'LTSR'],
  ['foot', { TERM: 'foot' }, 'LTSR'],
  [
    'tmux',
    {
      TERM: 'tmux-256color',
      TMUX: '/tmp/tmux-0/default,1,0',
      TERM_PROGRAM: 'tmux',
      TERM_PROGRAM_VERSION: '3.4',
    },
    'LTSR',
  ],
  [
    'tmux before links',
    { TERM: 'screen-256color', TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a' },
    'TSR',
  ],
  ['tmux within Windows Terminal', { TERM: 'tmux-256color', TMUX: 'x', WT_SESSION: '8c3f' }, ''],
  ['screen within GNOME Terminal', { TERM: 'screen-256color', STY: '1.pts', VTE_VERSION: '7006' }, ''],
  ['screen that says xterm', { ...xterm, STY: '1.pts', VTE_VERSION: '7006' }, ''],
  ['a dumb terminal', { TERM: 'dumb', VTE_VERSION: '8001' }, ''],
  ['no TERM', {}, ''],
  ['the Linux console', { TERM: 'linux' }, ''],
  ['links forced upon it', { ...xterm, FORCE_HYPERLINK: '1' }, 'LTSR'],
  ['links forbidden', { TERM: 'xterm-kitty', FORCE_HYPERLINK: '0' }, 'TSR'],
  ['an empty FORCE_HYPERLINK', { TERM: 'xterm-kitty', FORCE_HYPERLINK: '' }, 'LTSR'],
])('a terminal: %s', (_, env, expected) => {
  expect(letters(terminal, env as Record<string, string>)).toBe(expected)
})

test.each([
  ['whatever the terminal is', { TERM: 'xterm-kitty', WT_SESSION: '1' }, ''],
  ['but links where they are forced', { ...xterm, FORCE_HYPERLINK: '1' }, 'L'],
])('a pipe gets nothing, %s', (_, env, expected) => {
  expect(letters({}, env as Record<string, string>)).toBe(expected)
})
