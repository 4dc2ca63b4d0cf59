import type { LogSink } from '../model/log-event.ts'
import type { Node } from './nodes.ts'
import type { Finding, FindingScanner } from './symptoms.ts'
import { kept } from './text.ts'

/** A line, or a part of one: `text.slice(start, end)`. */
export interface Place {
  text: string
  start: number
  end: number
  /** 1-based line of the input. */
  line: number
}

/** Of one kind of symptom on one node so many are reported; a flood says nothing new. */
const symptomLimit = 5

/** Reports the known patterns in lines of consoles, and notes on the nodes what they mean. */
export class Sightings {
  readonly #sink: LogSink
  readonly #scanner: FindingScanner
  readonly #reported = new Map<string, number>()

  constructor(sink: LogSink, scanner: FindingScanner) {
    this.#sink = sink
    this.#scanner = scanner
  }

  /** @param node whose console it is; null for the driver's own words */
  inLine(node: Node | null, { text, start, end, line }: Place): void {
    for (let at = this.#scanner.seek(text, start); at < end; at = this.#scanner.seek(text, at + 1)) {
      for (const finding of this.#scanner.found) this.#found(finding, node, text.slice(start, end), line)
    }
  }

  #found(finding: Finding, node: Node | null, raw: string, line: number): void {
    if (finding.type === 'accelerator') {
      this.#sink.event({ type: 'acceleratorSeen', accelerator: finding.accelerator, line })
    } else if (finding.type === 'powered-off') {
      if (node) node.poweredOff = true
    } else if (finding.type === 'symptom') this.#symptom(finding.id, node, raw, line)
  }

  #symptom(symptom: string, node: Node | null, raw: string, line: number): void {
    if (node && symptom === 'kernel-panic') node.panicked = true
    if (node && !node.symptoms.includes(symptom)) node.symptoms.push(symptom)
    const key = `${symptom} ${node?.name ?? ''}`
    const count = (this.#reported.get(key) ?? 0) + 1
    this.#reported.set(key, count)
    if (count > symptomLimit) return
    const text = kept(raw.slice(0, 2000)).trim()
    this.#sink.event({ type: 'symptomSeen', symptom, node: node?.name ?? null, line, text })
  }
}
