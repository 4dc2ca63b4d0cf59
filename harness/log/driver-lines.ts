import { type DriverTask, driverForm, nodeForm } from './assertion-forms.ts'
import { isSubtest } from './blocks.ts'
import { beginEnding, matchEnding } from './end-line.ts'
import { type Gathering, gatherBang, gatherEnding, gatherError, gatherHead } from './gathering.ts'
import { HeadLines } from './head-lines.ts'
import { LateHeads } from './late-heads.ts'
import { readPollingResult } from './polling.ts'
import { readRemark, remarkForms } from './remarks.ts'
import type { Story } from './story.ts'
import { scriptReported, subtestFailed } from './subtest-errors.ts'
import { TestErrorLines } from './test-error.ts'
import { bang, bold, reset, withoutCodes } from './text.ts'
import { isToldOutput, readAnnouncement, readToldFailure } from './told-lines.ts'
import { BareTraceback, parseTraceback, type Traceback } from './traceback.ts'

const finished = '(finished: '
const noLines: string[] = []
const header = 'Traceback (most recent call last):'

// kill machine (pid 8510)        qemu-system-x86_64: terminating on signal 15 from pid 8961 (/usr/bin/python3)
const chatter =
  /^(?:kill (?:\w+ )?\(pid \d+\)|vde_switch: |qemu-\S+: |Test will time out and terminate in |Machine state will be reset\.|start vlan$|running vlan \(pid |creating tap interface |deleting (?:VM|machine) state directory |if you want to keep the |\S+\.py:\d+: \w+Warning: | {2}warnings\.warn\()/
// `Test "a" failed with error: "command `false` failed (exit code 1)"`
const commandError = /^Test ".*" failed with error: "command `/

/** What reading a line led to: `free` text, a `driver` line, or one that goes `on` in the next. */
export type Reading = 'free' | 'driver' | { gathering: Gathering } | { again: string }

/** The lines of the driver itself, one by one. */
export class DriverLines {
  /** The traceback that the driver printed in front of its clean-up. */
  reported: Traceback | null = null
  /** Python's own, behind the clean-up. */
  bare = new BareTraceback()
  /** The line of the newest head. */
  lastHead = -1
  readonly late: LateHeads
  /** Without colours `waiting for it` is the driver's only when the check of that condition follows. */
  lastFree: { raw: string; line: number } | null = null
  readonly #story: Story

  constructor(story: Story) {
    this.#story = story
    this.late = new LateHeads(story)
  }

  read(raw: string, line: number): Reading {
    if (isToldOutput(this.#story, raw, line)) return 'driver'
    const behind = this.#behindBang(raw)
    if (behind !== null) return this.#bangLine(behind, line)
    const at = raw.indexOf(bold)
    if (at !== -1 && !this.#beginsOutput(raw, at)) return this.#colouredHead(raw, at, line)
    if (raw.startsWith(finished)) return this.#ending(raw, finished.length, null, line)
    const node = this.#nodeOf(raw)
    if (node !== null) return this.#nodeLine(node, raw, line)
    if (raw.startsWith('Test "')) return this.#testError(raw, line, false)
    return this.#otherLine(raw, line)
  }

  // \e[31m!!! \e[0mTraceback (most recent call last):
  readonly #behindBang = (raw: string): string | null => {
    if (raw.startsWith(bang)) return raw.slice(bang.length)
    if (this.#story.coloured === true || !raw.startsWith('!!!')) return null
    return raw.length === 3 || raw[3] === ' ' ? raw.slice(4) : null
  }

  // machine: output: \e[1m\e[32mok\e[0m
  #beginsOutput(raw: string, at: number): boolean {
    return at > 0 && this.#story.nodes.all.some(({ remark }) => raw.startsWith(`${remark}output: `))
  }

  // machine: \e[1m\e[32mmust succeed: true\e[0m
  #colouredHead(raw: string, at: number, line: number): Reading {
    const prefix = raw.slice(0, at)
    const node = this.#prefixNode(prefix)
    if (node === undefined) return 'free'
    this.#story.coloured = true
    const before = prefix.slice(0, node === null ? prefix.length : prefix.length - node.length - 2)
    if (before !== '') this.#story.print(withoutCodes(before), line)
    // The usual head: one line, and no other code in it than its own reset.
    const from = at + bold.length
    if (raw.indexOf('\u001b', from) === raw.length - reset.length && raw.endsWith(reset)) {
      this.head(node, raw.slice(from, -reset.length), noLines, line)
      return 'driver'
    }
    const done = (lines: HeadLines) => this.head(node, lines.text, lines.more, line)
    const lines = new HeadLines()
    const gathering = gatherHead(lines, done)
    const again = gathering.take(raw.slice(from))
    if (!again) return { gathering }
    return again[0] ? { again: again[0].raw } : 'driver'
  }

  /** `NODE: ` before a head, perhaps behind a print without newline. @returns undefined for anything else */
  #prefixNode(prefix: string): string | null | undefined {
    if (prefix === '') return null
    for (const { name, remark } of this.#story.nodes.all) if (prefix.endsWith(remark)) return name
    const own = /^([A-Za-z0-9][\w.-]*): $/.exec(prefix)
    if (own?.[1]) return own[1]
    return prefix.includes(' # ') ? undefined : null
  }

  head(node: string | null, text: string, more: string[], line: number): void {
    this.#story.coloured ??= false
    if (node !== null) this.#story.nodes.get(node)
    this.lastHead = line
    const block = this.#story.begin({ node, text, more, line })
    if (block.form.role === 'bookkeeping') this.#task(block.form.task, line)
    else {
      this.reported = null
      if (!this.bare.isFresh) this.bare = new BareTraceback()
    }
  }

  #task(task: DriverTask, line: number): void {
    if (task === 'script') this.#story.scriptBegan(line)
    else if (task === 'timeout') this.#story.timedOut(line)
    else if (task === 'cleanup') {
      this.#story.cleanupBegan()
      this.bare = new BareTraceback()
    }
  }

  // machine: (finished: must succeed: true, in 0.07 seconds)
  #ending(raw: string, from: number, node: string | null, line: number): Reading {
    const { blocks, coloured } = this.#story
    const loosely = coloured !== true
    const quick = blocks.innermostEnding(raw, from, node)
    const text = quick ? '' : raw.slice(from)
    const candidates = quick
      ? []
      : [...blocks.candidates()].filter((one) => node === null || one.node === node)
    const ending = quick ?? matchEnding(text, candidates, loosely)
    if (ending) {
      this.#story.end(ending)
      return ending.rest === '' ? 'driver' : { again: ending.rest }
    }
    const several = beginEnding(text, candidates, loosely)
    if (several.length > 0) {
      return { gathering: gatherEnding(raw, several, loosely, (found) => this.#story.end(found)) }
    }
    return this.late.close(text, node, line) ? 'driver' : 'free'
  }

  /** @returns the node that the line is about, by its `NODE: ` */
  #nodeOf(raw: string): string | null {
    for (const { name, remark } of this.#story.nodes.all) if (raw.startsWith(remark)) return name
    const name = /^([A-Za-z0-9][\w.-]*): /.exec(raw)?.[1]
    if (name === undefined) return null
    const text = raw.slice(name.length + 2)
    const introduces = remarkForms.started.test(text) || (this.#story.coloured !== true && nodeForm(text))
    const closes = text.startsWith(finished) && this.#story.blocks.open.some(({ node }) => node === name)
    return introduces || closes ? name : null
  }

  #nodeLine(node: string, raw: string, line: number): Reading {
    const from = node.length + 2
    if (raw.startsWith(finished, from)) return this.#ending(raw, from + finished.length, node, line)
    const text = raw.slice(from)
    if (readToldFailure(this.#story, node, text, line)) return 'driver'
    if (readRemark(this.#story, node, text, line)) return 'driver'
    if (this.#story.coloured === true) return 'free'
    if (nodeForm(text)) {
      this.head(node, text, [], line)
      return 'driver'
    }
    this.late.remember(node, text, line)
    return 'free'
  }

  #bangLine(behind: string, line: number): Reading {
    // Our own driver tells it again, and more exactly.
    if (behind.startsWith('Test "') && this.#story.told) return 'driver'
    if (behind.startsWith('Test "')) return this.#testError(behind, line, true)
    const done = (lines: string[]) => {
      this.reported = parseTraceback(lines)
      if (this.reported) scriptReported(this.#story, this.reported)
    }
    if (behind.startsWith(header)) return { gathering: gatherBang([behind], this.#behindBang, done) }
    // !!! RequestedAssertionFailed: command `false` failed (exit code 1)            (what stood above was cut off)
    if (/^(?:RequestedAssertionFailed|test_driver\.errors\.\w+): /.test(behind)) {
      return { gathering: gatherBang([header, behind], this.#behindBang, done) }
    }
    return 'driver'
  }

  // Test "hanging step" failed with error: "[Errno 9] Bad file descriptor"
  #testError(raw: string, line: number, marked: boolean): Reading {
    const open = this.#story.blocks.open.filter(isSubtest).reverse()
    const names = open.map(({ form }) => (form.role === 'group' ? form.text : ''))
    const fits = (name: string) => raw.startsWith(`Test "${name.split('\n')[0]}`)
    if (!marked && !names.some(fits) && !commandError.test(raw)) return 'free'
    const gathering = gatherError(
      new TestErrorLines(names),
      (other) => this.#looksLikeDriver(other),
      (error) => subtestFailed(this.#story, error, line),
    )
    return gathering.take(raw) ? 'driver' : { gathering }
  }

  #looksLikeDriver(raw: string): boolean {
    if (raw.includes(bold) || raw.startsWith(bang)) return true
    if (raw.startsWith(finished) || raw.startsWith('Test "')) return true
    if (this.#story.nodes.all.some(({ remark }) => raw.startsWith(remark))) return true
    return this.#story.coloured !== true && /^(?:!!! |cleanup$|subtest: )/.test(raw)
  }

  #otherLine(raw: string, line: number): Reading {
    // (0.07 seconds)          the closing line before 2021
    const bare = raw.startsWith('(') ? /^\((\d+\.\d+) seconds\)$/.exec(raw) : null
    if (bare) return this.#bareEnding(Number(bare[1]))
    // test script finished in 0.17s
    const end = raw.startsWith('test script') ? /^test script finished in (\d+\.\d+)s$/.exec(raw) : null
    if (end) this.#story.scriptFinished(Number(end[1]), line)
    if (end || readPollingResult(this.#story, raw) || this.#chatter(raw)) return 'driver'
    if (readAnnouncement(this.#story, raw) || readToldFailure(this.#story, null, raw, line)) return 'driver'
    const form = this.#story.coloured === true ? null : driverForm(raw)
    if (!form) return 'free'
    const waiting = this.lastFree
    if (form.role === 'group' && waiting?.raw === `waiting for ${form.text}`) {
      this.head(null, waiting.raw, [], waiting.line)
    }
    this.head(null, raw, [], line)
    return 'driver'
  }

  #bareEnding(seconds: number): Reading {
    const block = this.#story.blocks.innermost(({ superseded }) => !superseded)
    if (!block) return 'free'
    this.#story.end({ block, seconds, more: null, rest: '' })
    return 'driver'
  }

  #chatter(raw: string): boolean {
    if (!chatter.test(raw)) return false
    const { nodes } = this.#story
    const killed = /^kill (?:\w+ )?\(pid (\d+)\)/.exec(raw)
    if (killed) this.#story.ending = nodes.all.find(({ pid }) => pid === killed[1])
    const { ending } = this.#story
    if (ending && /^qemu-\S+: terminating on signal/.test(raw)) ending.terminated = true
    return true
  }
}
