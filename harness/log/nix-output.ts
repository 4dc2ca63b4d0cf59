import type { LineRun } from './consoles.ts'
import { parseNixJsonLine } from './nix-json.ts'
import { recogniseFailure } from './nix-messages.ts'
import type { FindingScanner } from './symptoms.ts'
import { checkName, derivationIn, isTestDerivation, type OnTest, TestStream } from './test-streams.ts'
import { clean, toBytesString, withoutBreaks, withoutCodes } from './text.ts'
import type { EndHint } from './verdict.ts'

// vm-test-run-k3s-network> machine: starting vm
// \e[2mvm-test-run-k3s-network> \e[0mmachine: starting vm          (on a terminal)
const prefixed = /(\u001b\[2m)?([A-Za-z0-9][\w.+?=-]*)>(?: (?:\u001b\[0m)?|$)/y
// building '/nix/store/…-vm-test-run-a.drv'...
// checking outputs of '/nix/store/…-vm-test-run-a.drv'...
const building = /^(?:building|checking outputs of) '(\/nix\/store\/[^']+\.drv)'/
//        last 10 log lines:                Last 25 log lines:
const tailHead = /^\s*[Ll]ast \d+ log lines:$/
//        > machine: starting vm
const tailLine = /^\s*>(?: |$)/
/** More than one build prints; a hostile log must not open a stream for each of its lines. */
const derivationLimit = 10_000

/**
 * Separates what Nix prints into the logs of its derivations: behind `name> ` prefixes, as internal-json, bare as
 * `nix-build` prints it, or only the last lines in the error of a failed build. Everything else is a bare log.
 */
export class NixOutput {
  readonly #onTest: OnTest
  readonly #scanner: FindingScanner
  readonly #bare: TestStream
  readonly #streams = new Map<string, TestStream>()
  /** By internal-json's activity id. */
  readonly #activities = new Map<string, string>()
  /** Derivations that were said to be built. */
  readonly #derivations = new Set<string>()
  readonly #hints = new Map<string, EndHint>()
  /** Whose last lines are being repeated; they are read only where nothing of its log was seen. */
  #tail: { derivation: string | null; stream: TestStream | null; inside: boolean } | null = null
  #lastPrefix = ''
  #lastStream: TestStream | null = null

  /** @param scanner knows the chunk that the lines are slices of */
  constructor(onTest: OnTest, scanner: FindingScanner) {
    this.#onTest = onTest
    this.#scanner = scanner
    this.#bare = new TestStream(null, onTest, scanner)
  }

  /** The short way for more console lines of a bare log, which nothing of Nix can look like. */
  consoleLines(text: string, start: number, run: LineRun): void {
    this.#bare.consoleLines(text, start, run)
  }

  line(text: string, start: number, end: number, number: number): void {
    if (this.#lastStream && text.startsWith(this.#lastPrefix, start)) {
      this.#lastStream.line(text, start + this.#lastPrefix.length, end, number)
    } else if (this.#needsCloserLook(text, start)) this.#slow(text, start, end, number)
    else this.#bareLine(text, start, end, number)
  }

  /** Inside a bare test only what Nix says of its end, or the beginning of another log, can interrupt. */
  #needsCloserLook(text: string, start: number): boolean {
    if (this.#tail || this.#streams.size > 0) return true
    const code = text.charCodeAt(start)
    if (this.#bare.isTest && code !== 64 && code !== 98 && code !== 99 && code !== 101) {
      return text.startsWith(code === 27 ? '\u001b[2mvm-test-run-' : 'vm-test-run-', start)
    }
    return mayBeNix(text, start)
  }

  end(): void {
    this.#bare.end(this.#bareHint())
    for (const [derivation, stream] of this.#streams) stream.end(this.#hints.get(derivation))
    if (!this.#bare.isTest) this.#endSilentOnes()
  }

  /** Tests that were built or failed to be, and whose logs are not here. */
  #endSilentOnes(): void {
    for (const derivation of new Set([...this.#derivations, ...this.#hints.keys()])) {
      if (this.#streams.has(derivation) || !isTestDerivation(derivation)) continue
      const hint = this.#hints.get(derivation) ?? { outcome: 'unknown' }
      new TestStream(derivation, this.#onTest, this.#scanner).end(hint)
    }
  }

  #slow(text: string, start: number, end: number, number: number): void {
    if (text.startsWith('@nix ', start)) this.#json(text.slice(start, end), number)
    else if (this.#tail && this.#tailLine(text.slice(start, end), number)) return
    else if (!this.#prefixed(text, start, end, number)) this.#ownLine(text, start, end, number)
  }

  /** Nix's own words, or a line of a log without prefix. */
  #ownLine(text: string, start: number, end: number, number: number): void {
    const line = withoutCodes(text.slice(start, Math.min(end, start + 2000)))
    const built = building.exec(line)?.[1]
    if (built) this.#built(built)
    else if (line.startsWith('error:') && !this.#insideBareTest()) this.#error(line)
    else this.#bareLine(text, start, end, number)
  }

  #bareLine(text: string, start: number, end: number, number: number): void {
    const stream = this.#bare
    const known = stream.isTest
    if (!known && this.#derivations.size === 1) {
      const [only = ''] = this.#derivations
      if (isTestDerivation(only)) stream.name = checkName(only)
    }
    stream.line(text, start, end, number)
  }

  #insideBareTest(): boolean {
    return this.#bare.isTest && this.#streams.size === 0 && this.#derivations.size === 0
  }

  #built(path: string): void {
    const derivation = derivationIn(path)
    if (derivation) this.#announced(derivation)
  }

  #announced(derivation: string): void {
    if (this.#derivations.size < derivationLimit) this.#derivations.add(derivation)
  }

  #prefixed(text: string, start: number, end: number, number: number): boolean {
    prefixed.lastIndex = start
    const match = prefixed.exec(text)
    if (!match?.[2] || prefixed.lastIndex > end) return false
    const prefix = match[2]
    const from = Math.min(prefixed.lastIndex, end)
    const known = this.#streams.get(this.#fullName(prefix))
    // Inside a bare log anything may look like a prefix.
    if (!known && this.#streams.size >= derivationLimit) return false
    if (!known && this.#bare.isTest && !this.#begins(text.slice(from, from + 40))) return false
    const stream = known ?? this.#open(this.#fullName(prefix))
    this.#lastPrefix = match[0]
    this.#lastStream = stream
    stream.line(text, from, end, number)
    return true
  }

  #begins(words: string): boolean {
    return withoutCodes(words).startsWith('Machine state will be reset.')
  }

  /** Nix leaves a version off the prefix; the announcement of the build has it. */
  #fullName(prefix: string): string {
    if (this.#derivations.has(prefix)) return prefix
    for (const derivation of this.#derivations) {
      if (derivation.startsWith(`${prefix}-`) && /^\d/.test(derivation.slice(prefix.length + 1)))
        return derivation
    }
    return prefix
  }

  #open(derivation: string): TestStream {
    const known = this.#streams.get(derivation)
    if (known) return known
    const stream = new TestStream(derivation, this.#onTest, this.#scanner)
    this.#streams.set(derivation, stream)
    return stream
  }

  #json(line: string, number: number): void {
    const message = parseNixJsonLine(utf8(line))
    switch (message?.type) {
      case 'activityStarted': {
        const derivation =
          message.activity.kind === 'build' ? derivationIn(message.activity.derivation) : null
        if (derivation) this.#activities.set(message.id, derivation)
        if (derivation) this.#announced(derivation)
        return
      }
      case 'buildLogLine': {
        const derivation = this.#activities.get(message.id)
        const stream = derivation === undefined ? this.#bare : this.#open(derivation)
        const text = toBytesString(message.line)
        stream.line(text, 0, text.length, number)
        return
      }
      case 'activityStopped':
        this.#activities.delete(message.id)
        return
      case 'message':
        if (message.level === 0) this.#error(withoutCodes(message.text))
        return
      default:
    }
  }

  // error: builder for '/nix/store/…-vm-test-run-a.drv' failed with exit code 1;
  #error(line: string): void {
    const derivation = derivationIn(line)
    this.#tail = { derivation, stream: null, inside: false }
    this.#lastStream = null
    if (!derivation) return
    this.#hint(derivation, line)
  }

  #hint(derivation: string, words: string): void {
    const hint = this.#hints.size < derivationLimit ? hintOf(words) : null
    if (hint) this.#hints.set(derivation, hint)
  }

  /** @returns true when the line belongs to the error */
  #tailLine(line: string, number: number): boolean {
    const tail = this.#tail
    if (!tail) return false
    const plain = withoutCodes(line)
    if (tailHead.test(plain)) {
      tail.inside = true
      return true
    }
    if (tail.inside && tailLine.test(plain)) {
      const own = line.slice(line.indexOf('>') + 1).replace(/^(?:\u001b\[0?m)* ?/, '')
      this.#repeated(tail, own, number)
      return true
    }
    //        For full logs, run 'nix log /nix/store/….drv'.
    if (/^\s+\S/.test(plain) && !tail.inside) {
      const derivation = derivationIn(plain)
      tail.derivation ??= derivation
      if (tail.derivation) this.#hint(tail.derivation, plain)
      return true
    }
    this.#tail = null
    return /^\s+For full logs/.test(plain)
  }

  #repeated(
    tail: { derivation: string | null; stream: TestStream | null },
    own: string,
    number: number,
  ): void {
    const { derivation } = tail
    if (derivation === null) return
    const seen = this.#streams.get(derivation)
    if (!tail.stream && ((seen && seen.lines > 0) || this.#bare.isTest)) return
    tail.stream ??= this.#open(derivation)
    tail.stream.line(own, 0, own.length, number)
  }

  #bareHint(): EndHint | undefined {
    const hints = [...this.#hints].filter(([derivation]) => !this.#streams.has(derivation))
    return this.#bare.isTest && hints.length === 1 ? hints[0]?.[1] : undefined
  }
}

/** `@`, `b`uilding, `c`hecking, `e`rror, or a name that may be a prefix. */
function mayBeNix(text: string, start: number): boolean {
  const code = text.charCodeAt(start)
  if (code === 27) {
    // Escape codes: `\e[31;1merror:` or `\e[2mname> `; a console line has ` # ` behind the name.
    if (text.charCodeAt(start + 2) !== 50) return text.charCodeAt(start + 2) === 51
  } else if (code === 64) return true
  else if (code < 48) return false
  if (code === 101 || code === 98 || code === 99) {
    if (/^(?:error:|building '|checking outputs of ')/.test(text.slice(start, start + 22))) return true
  }
  prefixed.lastIndex = start
  return prefixed.test(text)
}

/** What Nix's words say of a build whose own log does not tell how it ended. */
function hintOf(line: string): EndHint | null {
  const failure = recogniseFailure(clean(line))
  const message = withoutBreaks(
    clean(line)
      .replace(/^\s*error:\s*/, '')
      .replace(/;$/, ''),
  )
  switch (failure.type) {
    case 'timedOut':
      return { outcome: 'timed-out', kind: 'timeout', message }
    case 'builderFailed':
    case 'dependencyFailed':
      return { outcome: 'errored', kind: 'build', message }
    case 'missingFeatures':
    case 'platformMismatch':
    case 'localBuildsDisabled':
    case 'outOfDisk':
    case 'outOfMemory':
      return { outcome: 'errored', kind: 'host', message }
    default:
      return null
  }
}

function utf8(line: string): string {
  return /[\u0080-\u00ff]/.test(line) ? Buffer.from(line, 'latin1').toString('utf8') : line
}
