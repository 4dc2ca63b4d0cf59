import type { LogSink } from '../model/log-event.ts'
import { driverForm, nodeForm } from './assertion-forms.ts'
import { blame, takeBackForgeries } from './blame.ts'
import { type Block, isSubtest } from './blocks.ts'
import { Consoles } from './consoles.ts'
import { beginEnding, EndingLines, matchEnding } from './end-line.ts'
import { HeadLines } from './head-lines.ts'
import { readRemark, remarkForms } from './remarks.ts'
import { Story } from './story.ts'
import { TestErrorLines } from './test-error.ts'
import { bold, clean, copy, red, reset, withoutCodes } from './text.ts'
import { BareTraceback, parseTraceback, type Traceback } from './traceback.ts'
import { conclude, type EndHint } from './verdict.ts'

export type { EndHint } from './verdict.ts'

const bang = `${red}!!! ${reset}`
const finishedMark = '(finished: '

// kill machine (pid 8510)        qemu-system-x86_64: terminating on signal 15 from pid 8961 (/usr/bin/python3)
const chatter =
  /^(?:kill (?:\w+ )?\(pid \d+\)|vde_switch: |qemu-\S+: |Test will time out and terminate in |Machine state will be reset\.|start vlan$|running vlan \(pid |creating tap interface |deleting (?:VM|machine) state directory |if you want to keep the |\S+\.py:\d+: \w+Warning: |  warnings\.warn\()/

/** What stretches over several lines: it takes lines until it is complete. */
type Gathering =
  | { type: 'head'; node: string | null; lines: HeadLines; line: number }
  | { type: 'ending'; lines: EndingLines; line: number }
  | { type: 'error'; lines: TestErrorLines; line: number }
  | { type: 'bang'; lines: string[]; line: number }

/**
 * The grammar of one test's driver log, from any generation of the NixOS test driver. Takes lines as slices of
 * latin1 text; a console line, which is nearly every line, is never copied.
 */
export class DriverLog {
  readonly story: Story
  readonly #consoles: Consoles
  #gathering: Gathering | null = null
  #traceback = new BareTraceback()
  /** The traceback that the driver printed in front of its clean-up. */
  #reported: Traceback | null = null
  #exposed = 0
  /** The list of symbols stood where it belongs, so prints are not held back. */
  #symbolsInTime = false

  constructor(sink: LogSink) {
    this.story = new Story(sink)
    this.#consoles = new Consoles(this.story)
  }

  /** Line `text.slice(start, end)`, the `line`-th of the input. */
  line(text: string, start: number, end: number, line: number): void {
    this.story.lastLine = line
    if (end > start && text.charCodeAt(end - 1) === 13) end--
    const rest = this.#consoles.take(text, start, end, line)
    if (rest === null) return
    for (const part of rest) this.#part(part, line)
  }

  /** The log is over. Reports `logEnded`. @param hint counts where the log's own words prove nothing */
  end(hint?: EndHint): void {
    this.#giveUpGathering()
    conclude(this.story, this.#reported ?? this.#traceback.parse(), hint)
  }

  /** The script has not begun. */
  get isFresh(): boolean {
    return this.story.stage === 'before'
  }

  /** Resolves when every console line was delivered. */
  drained(): Promise<void> {
    return this.#consoles.drained()
  }

  /** Something that only a test's driver says was read. */
  get hasStarted(): boolean {
    return this.story.stage !== 'before' || this.story.nodes.all.length > 0
  }

  /** A part that stands in the log for the first time. */
  #part(raw: string, line: number): void {
    this.story.addOutput(raw, this.#gathering === null)
    this.story.blocks.watch(raw, line)
    this.#dispatch(raw, line)
  }

  #dispatch(raw: string, line: number): void {
    const gathering = this.#gathering
    if (!gathering) return this.#read(raw, line)
    switch (gathering.type) {
      case 'head':
        if (gathering.lines.take(raw)) this.#headComplete(gathering)
        return
      case 'ending':
        return this.#endingLine(gathering, raw, line)
      case 'error':
        return this.#errorLine(gathering, raw, line)
      case 'bang': {
        const behind = this.#behindBang(raw)
        if (behind !== null) gathering.lines.push(behind)
        else {
          this.#bangComplete(gathering.lines)
          this.#read(raw, line)
        }
      }
    }
  }

  #read(raw: string, line: number): void {
    if (this.story.cleanedUp && this.#traceback.take(withoutCodes(raw))) return
    // Behind the clean-up only prints can follow that were held back in a pipe.
    if (this.story.cleanupEnded && !this.#symbolsInTime) return this.#free(raw, line)
    const driver = this.#driverLine(raw, line)
    if (driver) this.#touch()
    else this.#free(raw, line)
  }

  /** What comes now cannot be text of a head any more that stands right in front of it. */
  #touch(): void {
    for (const block of this.story.blocks.open) {
      if (block.line === this.#lastHead) continue
      block.isContiguous = false
      block.touchedAt ??= this.story.lastLine
    }
  }

  #lastHead = -1

  /** @returns false for free text */
  #driverLine(raw: string, line: number): boolean {
    const behind = this.#behindBang(raw)
    if (behind !== null) return this.#bangLine(behind, line)
    const at = raw.indexOf(bold)
    if (at !== -1 && this.#colouredHead(raw, at, line)) return true
    if (raw.startsWith(finishedMark)) return this.#ending(raw, raw.slice(finishedMark.length), null, line)
    // (0.07 seconds)          the closing line before 2021
    const bare = /^\((\d+\.\d+) seconds\)$/.exec(raw)
    if (bare) return this.#bareEnding(Number(bare[1]))
    const node = this.#remarkOf(raw)
    if (node !== null) return this.#nodeLine(node, raw.slice(node.length + 2), raw, line)
    if (raw.startsWith('Test "')) return this.#testError(raw, line, false)
    return this.#plainDriverLine(raw, line)
  }

  /** @returns what stands behind `!!! `, or null */
  #behindBang(raw: string): string | null {
    if (raw.startsWith(bang)) return raw.slice(bang.length)
    return this.story.coloured !== true && raw.startsWith('!!!') && (raw.length === 3 || raw[3] === ' ')
      ? raw.slice(4)
      : null
  }

  // machine: \e[1m\e[32mmust succeed: true\e[0m
  #colouredHead(raw: string, at: number, line: number): boolean {
    const prefix = raw.slice(0, at)
    const node = this.#prefixNode(prefix)
    if (node === undefined) return false
    this.story.coloured = true
    const before = prefix.slice(0, node === null ? 0 : prefix.length - node.length - 2)
    if (before !== '') this.#free(before, line)
    const lines = new HeadLines()
    const complete = lines.take(raw.slice(at + bold.length))
    const gathering: Gathering = { type: 'head', node, lines, line }
    if (complete) this.#headComplete(gathering)
    else this.#gathering = gathering
    return true
  }

  /** `NODE: ` before a head, perhaps behind a print without newline. @returns undefined for anything else */
  #prefixNode(prefix: string): string | null | undefined {
    if (prefix === '') return null
    const own = /^([A-Za-z0-9][\w.-]*): $/.exec(prefix)
    if (own?.[1]) return own[1]
    const known = this.story.nodes.all.find(({ remark }) => prefix.endsWith(remark))
    if (known) return known.name
    return prefix.includes(' # ') ? undefined : null
  }

  #headComplete({ node, lines, line }: Extract<Gathering, { type: 'head' }>): void {
    this.#gathering = null
    const { text, more, rest } = lines
    this.#head(node, text, more, line)
    if (rest !== '') this.#dispatch(rest, line)
  }

  #head(node: string | null, text: string, more: string[], line: number): void {
    this.story.coloured ??= false
    if (node !== null) this.story.nodes.get(node)
    this.#lastHead = line
    const block = this.story.begin({ node, text, more, line })
    if (block.form.role === 'frame') this.#frame(block.form.frame, line)
    else {
      this.#traceback = new BareTraceback()
      this.#reported = null
    }
  }

  #frame(frame: string, line: number): void {
    const { story } = this
    if (frame === 'script') {
      story.stage = 'script'
      story.sink.event({ type: 'scriptStarted', line })
    } else if (frame === 'timeout') {
      story.timeoutAt = line
      story.timeoutStep = story.blocks.innermost(({ form, superseded }) => form.role === 'step' && !superseded)
    } else if (frame === 'cleanup') {
      story.passed = story.finished !== null
      story.finished = null
      story.cleanedUp = true
      story.stage = 'ending'
      if (story.output) story.output.cleanupMark = story.output.mark
      story.closeOutput()
      this.#traceback = new BareTraceback()
    }
  }

  // machine: (finished: must succeed: true, in 0.07 seconds)
  #ending(raw: string, text: string, node: string | null, line: number): boolean {
    const { blocks, coloured } = this.story
    const candidates = [...blocks.candidates()].filter((one) => node === null || one.node === node)
    const ending = matchEnding(text, candidates, coloured !== true)
    if (ending) {
      this.story.end(ending)
      if (ending.rest !== '') this.#dispatch(ending.rest, line)
      return true
    }
    const several = beginEnding(text, candidates, coloured !== true)
    if (several.length > 0) {
      this.#gathering = { type: 'ending', lines: new EndingLines(raw, several, coloured !== true), line }
      return true
    }
    return this.#lateBlock(text, node)
  }

  #endingLine(gathering: Extract<Gathering, { type: 'ending' }>, raw: string, line: number): void {
    const took = gathering.lines.take(raw)
    if (took === 'more') return
    this.#gathering = null
    if (took === null) return this.#refuse(gathering.lines.lines, line)
    this.story.end(took)
    if (took.rest !== '') this.#dispatch(took.rest, line)
  }

  /** Lines that were no closing line: free text, all of them. */
  #refuse(lines: string[], line: number): void {
    const [first = '', ...others] = lines
    this.#free(first, line - others.length)
    others.forEach((raw, at) => {
      this.#dispatch(raw, line - others.length + 1 + at)
    })
  }

  #bareEnding(seconds: number): boolean {
    const block = this.story.blocks.innermost(({ superseded }) => !superseded)
    if (!block) return false
    this.story.end({ block, seconds, more: null, rest: '' })
    return true
  }

  /** Remarks that may prove to be heads of the script's own blocks: without colours only their end tells. */
  #maybeHeads: { node: string | null; text: string; line: number; index: number }[] = []

  #maybeHead(node: string | null, text: string, line: number, index: number): void {
    this.#maybeHeads.push({ node, text: copy(text), line, index })
    if (this.#maybeHeads.length > 64) this.#maybeHeads.shift()
  }

  #lateBlock(text: string, node: string | null): boolean {
    if (this.story.coloured === true) return false
    const match = /^(.*), in (\d+\.\d+) seconds\)$/.exec(text)
    const at = this.#maybeHeads.findLastIndex(
      (one) => one.text === match?.[1] && (node === null || one.node === node),
    )
    const head = this.#maybeHeads[at]
    if (!match || !head) return false
    this.#maybeHeads.length = at
    const { ledger, prints } = this.story
    const around = ledger.entries[head.index]?.subtest ?? this.#openSubtest()?.entry ?? null
    const form = nodeForm(head.text)
    const what = form && form.role !== 'frame' ? form : { kind: 'nested' as const, text: head.text }
    const draft = { kind: what.kind, phase: prints.phase, subtest: around, line: head.line }
    ledger.insert(
      Math.min(head.index, ledger.entries.length),
      { ...draft, node: head.node, text: clean(what.text) },
      { outcome: 'passed', caught: false, seconds: Number(match[2]), message: null, output: null },
    )
    return true
  }

  #openSubtest(): Block | null {
    return this.story.blocks.innermost(isSubtest)
  }

  /** @returns the node that the line is about, by its `NODE: ` */
  #remarkOf(raw: string): string | null {
    for (const { name, remark } of this.story.nodes.all) if (raw.startsWith(remark)) return name
    const name = /^([A-Za-z0-9][\w.-]*): /.exec(raw)?.[1]
    if (name === undefined) return null
    const text = raw.slice(name.length + 2)
    const introduces = remarkForms.started.test(text) || (this.story.coloured !== true && nodeForm(text))
    return introduces || this.#endsBlockOf(name, text) ? name : null
  }

  #endsBlockOf(name: string, text: string): boolean {
    return text.startsWith(finishedMark) && this.story.blocks.open.some(({ node }) => node === name)
  }

  #nodeLine(node: string, text: string, raw: string, line: number): boolean {
    if (text.startsWith(finishedMark)) return this.#ending(raw, text.slice(finishedMark.length), node, line)
    if (readRemark(this.story, node, text, line)) return true
    if (this.story.coloured === true) return false
    if (nodeForm(text)) this.#head(node, text, [], line)
    else {
      this.#maybeHead(node, text, line, this.story.ledger.entries.length)
      return false
    }
    return true
  }

  #testError(raw: string, line: number, marked: boolean): boolean {
    const { blocks } = this.story
    const open = blocks.open.filter(isSubtest).reverse()
    const names = open.map(({ form }) => (form.role === 'group' ? form.text : ''))
    const fits = (name: string) => raw.startsWith(`Test "${name.split('\n')[0]}`)
    if (!marked && !names.some(fits) && !/^Test ".*" failed with error: "command `/.test(raw)) return false
    const lines = new TestErrorLines(names)
    const gathering: Gathering = { type: 'error', lines, line }
    if (lines.take(raw)) this.#errorComplete(gathering)
    else this.#gathering = gathering
    return true
  }

  #errorLine(gathering: Extract<Gathering, { type: 'error' }>, raw: string, line: number): void {
    if (!gathering.lines.insideCommand && this.#looksLikeDriver(raw)) {
      this.#errorComplete(gathering)
      this.#dispatch(raw, line)
    } else if (gathering.lines.take(raw)) this.#errorComplete(gathering)
  }

  #looksLikeDriver(raw: string): boolean {
    if (raw.includes(bold) || raw.startsWith(bang)) return true
    if (raw.startsWith(finishedMark) || raw.startsWith('Test "')) return true
    if (this.story.nodes.all.some(({ remark }) => raw.startsWith(remark))) return true
    return this.story.coloured !== true && /^(?:!!! |cleanup$|subtest: )/.test(raw)
  }

  #errorComplete({ lines, line }: Extract<Gathering, { type: 'error' }>): void {
    this.#gathering = null
    const { error, surplus } = lines.finish()
    if (error) this.#subtestFailed(error.name, error.message, line)
    surplus.forEach((raw, at) => {
      this.#dispatch(raw, line + 1 + at)
    })
  }

  #subtestFailed(name: string, message: string, line: number): void {
    const { story } = this
    const block = blame(story, message, false)
    if (block && block.error !== message) {
      takeBackForgeries(story, block)
      block.error = message
    }
    story.closeOutput()
    const subtest = story.blocks.innermost(
      (one) => isSubtest(one) && one.error === null && one.form.role === 'group' && one.form.text === name,
    )
    if (subtest) subtest.error = message
    for (let at = subtest?.parent; at; at = at.parent) at.brokenAt = line
    if (!block && subtest && story.scriptError?.message !== message) story.scriptError = { subtest, message, line }
  }

  #bangLine(behind: string, line: number): boolean {
    if (behind.startsWith('Traceback (most recent call last):')) {
      this.#gathering = { type: 'bang', lines: [behind], line }
      return true
    }
    // !!! RequestedAssertionFailed: command `false` failed (exit code 1)            (what stood above was cut off)
    if (/^(?:RequestedAssertionFailed|test_driver\.errors\.\w+): /.test(behind)) {
      this.#gathering = { type: 'bang', lines: ['', behind], line }
      return true
    }
    return behind.startsWith('Test "') ? this.#testError(behind, line, true) : true
  }

  #bangComplete(lines: string[]): void {
    this.#gathering = null
    this.#reported = parseTraceback(lines)
    const message = this.#reported?.message
    const block = message ? blame(this.story, message, false) : null
    if (message && block && block.error === null) {
      takeBackForgeries(this.story, block)
      block.error = message
    }
    this.story.closeOutput()
  }

  // test script finished in 0.17s
  #plainDriverLine(raw: string, line: number): boolean {
    const { story } = this
    const finished = /^test script finished in (\d+\.\d+)s$/.exec(raw)
    if (finished) {
      story.finished = { seconds: Number(finished[1]), line }
      story.scriptSeconds = story.finished.seconds
      story.sink.event({ type: 'scriptFinished', seconds: story.finished.seconds, line })
      return true
    }
    if (this.#polled(raw) || this.#chatter(raw)) return true
    const form = story.coloured === true ? null : driverForm(raw)
    if (!form) return false
    const waiting = this.#lastFree
    if (form.role === 'group' && waiting?.raw === `waiting for ${form.text}`) {
      this.#head(null, waiting.raw, [], waiting.line)
    }
    this.#head(null, raw, [], line)
    return true
  }

  /** Without colours `waiting for it` is the driver's only when the check of that condition follows. */
  #lastFree: { raw: string; line: number } | null = null

  #chatter(raw: string): boolean {
    const { story } = this
    if (!chatter.test(raw)) return false
    const killed = /^kill (?:\w+ )?\(pid (\d+)\)/.exec(raw)
    if (killed) story.ending = story.nodes.all.find(({ pid }) => pid === killed[1])
    if (/^qemu-\S+: terminating on signal/.test(raw) && story.ending) story.ending.terminated = true
    return true
  }

  // Polling condition failed: machine is alive
  #polled(raw: string): boolean {
    const match = /^Polling condition (failed|succeeded): /.exec(raw)
    if (!match) return false
    const text = raw.slice(match[0].length)
    const block = this.story.blocks.innermost(
      ({ form, head }) =>
        form.role === 'group' &&
        form.kind === 'polling_condition' &&
        head.startsWith('Checking') &&
        form.text === text,
    )
    if (block) {
      block.pollFailed = match[1] === 'failed'
      this.story.closeOutput(true)
    }
    return block !== null
  }

  /** Not the driver's: text of a head or an output, or what the script printed. */
  #free(raw: string, line: number): void {
    const { story } = this
    this.#lastFree = { raw, line }
    if (this.#symbols(raw)) return
    if (story.coloured !== true) this.#gluedHead(raw, line)
    if (story.output && story.output.closedAt === null) return
    if (story.stage === 'before') this.#beforeScript(raw)
    const last = story.blocks.open.at(-1)
    if (last?.isContiguous && last.watched) {
      last.contiguous = last.watched.length
      if (last.form.role === 'step' && last.form.kind !== 'wait_for_shutdown') return
    }
    story.print(withoutCodes(raw), line)
  }

  // progress 20% machine: must succeed: echo noise >&2
  #gluedHead(raw: string, line: number): void {
    const { nodes, ledger } = this.story
    for (const { name, remark } of nodes.all) {
      const at = raw.indexOf(remark)
      const text = raw.slice(at + remark.length)
      if (at > 0 && nodeForm(text)) this.#maybeHead(name, text, line, ledger.entries.length)
    }
  }

  // cannot start vde_switch
  #beforeScript(raw: string): void {
    if (/^cannot start vde_switch/.test(raw)) this.story.hostError = raw
  }

  // additionally exposed symbols:
  //     alpha, beta,
  //     vlan1,
  //     start_all, test_script, ...
  #symbols(raw: string): boolean {
    const { story } = this
    if (raw === 'additionally exposed symbols:') {
      this.#exposed = 3
      this.#symbolsInTime = story.stage === 'script' && story.blocks.open.length <= 1 && story.ledger.entries.length === 0
      story.latePrints = story.stage === 'ending' || story.blocks.open.length > 1 || story.ledger.entries.length > 0
      return true
    }
    if (this.#exposed === 0 || !raw.startsWith('    ')) return false
    if (this.#exposed-- === 3) for (const name of raw.match(/[\w.-]+/g) ?? []) story.nodes.mention(name)
    return true
  }

  #giveUpGathering(): void {
    const gathering = this.#gathering
    this.#gathering = null
    if (gathering?.type === 'head') this.#headComplete(gathering)
    else if (gathering?.type === 'error') this.#errorComplete(gathering)
    else if (gathering?.type === 'bang') this.#bangComplete(gathering.lines)
  }
}

