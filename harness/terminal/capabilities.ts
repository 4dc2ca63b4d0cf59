/** What a terminal can be asked for beside text and colours. */
export interface Capabilities {
  /** OSC 8: text that opens a file when it is clicked. */
  links: boolean
  /** OSC 2: the window's title. */
  title: boolean
  /** OSC 9;4: how far it is, on the tab or in the task bar. */
  progress: boolean
  /** DEC mode 2026: a frame is shown when it is whole. */
  synchronized: boolean
  /** Lines that are longer than a new size are broken anew, not cut. */
  reflows: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const nothing: Capabilities = {
  links: false,
  title: false,
  progress: false,
  synchronized: false,
  reflows: false,
}

/** They print what they do not know, or have no window. */
const plainTerms = /^(|dumb|unknown|linux|cons25|vt\d.*|ansi.*|emacs|eterm.*)$/

/** They stand between us and a terminal whose variables we see, and keep from it what they do not know. */
const multiplexerTerms = /^(screen|tmux)/

/**
 * What the terminal can do, by what it says of itself. Nobody is asked over the wire: an answer may come late, or into
 * the shell. `FORCE_HYPERLINK` decides about links as it does elsewhere: `0` is no, anything else yes, even into a pipe.
 */
export function capabilitiesOf(stream: { isTTY?: boolean }, env: Environment): Capabilities {
  const forced = env.FORCE_HYPERLINK
  const found = stream.isTTY === true && !plainTerms.test(env.TERM ?? '') ? ofTerminal(env) : nothing
  return forced === undefined || forced === '' ? found : { ...found, links: forced !== '0' }
}

function ofTerminal(env: Environment): Capabilities {
  const term = env.TERM ?? ''
  if (multiplexerTerms.test(term) || env.TMUX || env.STY) {
    // screen shows what it does not know of OSC, or takes a title for a window's name; tmux knows links since 3.4.
    const isTmux = env.TERM_PROGRAM === 'tmux'
    const links = isTmux && isAtLeast(env.TERM_PROGRAM_VERSION, 3, 4)
    return { links, title: isTmux, progress: false, synchronized: isTmux, reflows: isTmux }
  }
  return {
    links: known(linking, env),
    title: known(linking, env) || /^(xterm|rxvt)/.test(term),
    progress: known(progressing, env),
    synchronized: true,
    // The first terminals of these names cut; what calls itself xterm today is mostly another one.
    reflows: !env.XTERM_VERSION && !/^rxvt/.test(term),
  }
}

type Test = (env: Environment) => boolean

function known(tests: readonly Test[], env: Environment): boolean {
  return tests.some((test) => test(env))
}

const program =
  (name: string, major = 0, minor = 0): Test =>
  ({ TERM_PROGRAM, TERM_PROGRAM_VERSION }) =>
    TERM_PROGRAM === name && (major + minor === 0 || isAtLeast(TERM_PROGRAM_VERSION, major, minor))

/** VTE says 0.50.2 as 5002, Konsole 21.04.3 as 210403. */
const numbered =
  (variable: string, least: number): Test =>
  (env) =>
    Number(env[variable] ?? 0) >= least

const named =
  (...terms: string[]): Test =>
  ({ TERM }) =>
    terms.includes(TERM ?? '')

const linking: readonly Test[] = [
  // 0.50.0 crashes on a link.
  numbered('VTE_VERSION', 5001),
  numbered('KONSOLE_VERSION', 201200),
  program('iTerm.app', 3, 1),
  program('vscode', 1, 72),
  ...['WezTerm', 'ghostty', 'Hyper', 'rio', 'WarpTerminal', 'zed'].map((name) => program(name)),
  named('xterm-kitty', 'xterm-ghostty', 'alacritty', 'alacritty-direct', 'foot', 'foot-extra', 'contour'),
  ({ WT_SESSION, KITTY_WINDOW_ID, DOMTERM }) => Boolean(WT_SESSION || KITTY_WINDOW_ID || DOMTERM),
]

// Elsewhere OSC 9 is a notification, and each step would pop one up.
const progressing: readonly Test[] = [
  numbered('VTE_VERSION', 8000),
  numbered('KONSOLE_VERSION', 250400),
  program('iTerm.app', 3, 7),
  ({ TERM_PROGRAM, TERM_PROGRAM_VERSION }) =>
    TERM_PROGRAM === 'iTerm.app' && /^3\.6\.([6-9]|\d\d)/.test(TERM_PROGRAM_VERSION ?? ''),
  program('ghostty', 1, 2),
  program('WezTerm'),
  ({ WT_SESSION, ConEmuANSI }) => Boolean(WT_SESSION) || ConEmuANSI === 'ON',
]

/** `3.5.2`, `20240203-110809-5046fc22`, `next-3.5` */
function isAtLeast(version: string | undefined, major: number, minor: number): boolean {
  const match = /(\d+)(?:\.(\d+))?/.exec(version ?? '')
  if (!match) return false
  const [found, behind] = [Number(match[1]), Number(match[2] ?? 0)]
  return found > major || (found === major && behind >= minor)
}
