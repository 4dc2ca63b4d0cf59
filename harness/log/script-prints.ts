import type { LogSink } from '../model/log-event.ts'
import { kept } from './text.ts'

// [12:34:56] [PHASE 1] Booting cluster nodes
const stamp = /^\[\d{1,2}:\d\d:\d\d(?:\.\d+)?\] ?/
// [PHASE 2] latency
const phase = /^\s*(\[PHASE [^\]]+\].*)$/i
// === checking the result ===
const banner = /^\s*(={2,}\s+\S.*?\s+={2,})\s*$/
// ==================================================
const rule = /^\s*={5,}\s*$/
// vmproof:metric rtt=52.31 ms node=alpha
const metric =
  /^\s*vmproof:metric\s+([^\s=]+)=([-+]?[\d.]+(?:[eE][-+]?\d+)?)(?:\s+(?!node=)(\S+))?(?:\s+node=(\S+))?\s*$/
// vmproof:attach trace.pcap
const attachment = /^\s*vmproof:attach\s+(\S.*?)\s*$/

/** A banner is short; a longer line is none of these. */
const longest = 2000

/** Reads what a test script prints for people and for us. Never fed with console lines or command output. */
export class ScriptPrints {
  /** The last banner. */
  phase: string | null = null
  readonly #sink: LogSink
  /** Lines of a banner between two rules: the title, once it came. */
  #title: string | null | undefined

  constructor(sink: LogSink) {
    this.#sink = sink
  }

  line(raw: string, number: number): void {
    if (raw.length > longest) return
    const text = raw.replace(stamp, '')
    if (this.#ruled(text, number)) return
    const entered = phase.exec(text) ?? banner.exec(text)
    if (entered?.[1]) this.#enter(entered[1], number)
    else if (text.includes('vmproof:')) this.#convention(text)
  }

  /** A title between two rules; `undefined` outside, null behind the first rule. */
  #ruled(text: string, number: number): boolean {
    if (!rule.test(text)) {
      const takes = this.#title === null && text.trim() !== '' && !phase.test(text)
      this.#title = takes ? text.trim() : undefined
      return takes
    }
    if (typeof this.#title === 'string') {
      this.#enter(this.#title, number)
      this.#title = undefined
    } else this.#title = null
    return true
  }

  #enter(raw: string, line: number): void {
    this.phase = kept(raw).trim()
    this.#sink.event({ type: 'phaseEntered', text: this.phase, line })
  }

  #convention(text: string): void {
    const measured = metric.exec(text)
    const value = Number(measured?.[2])
    if (measured?.[1] && Number.isFinite(value)) {
      const name = kept(measured[1])
      const node = measured[4] === undefined ? null : kept(measured[4])
      this.#sink.event({
        type: 'metricRecorded',
        metric: { name, value, unit: kept(measured[3] ?? ''), node },
      })
    }
    const attached = attachment.exec(text)
    if (attached?.[1]) this.#sink.event({ type: 'attachmentNamed', path: kept(attached[1]) })
  }
}
