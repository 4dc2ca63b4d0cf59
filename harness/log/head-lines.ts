import { bold, reset } from './text.ts'

const limit = 1024 * 1024
// \e[1m\e[32m or \e[31m: whatever switches colours on, as one
const opening = /(?:\u001b\[(?!0?m)[\d;]*m)+/g
const closing = /\u001b\[0?m/g

/**
 * The text of a coloured head, which ends with the reset that the driver puts behind it. A command may hold colours
 * of its own, each with its own reset; so the head ends where one reset is left over.
 */
export class HeadLines {
  text = ''
  readonly more: string[] = []
  /** What is glued behind the head. */
  rest = ''
  #size = 0
  #begun = false

  /** @returns true when the head is complete with this line */
  take(raw: string): boolean {
    const end = headEnd(raw)
    const line = end === -1 ? raw : raw.slice(0, end)
    if (this.#begun) this.more.push(line)
    else this.text = line
    this.#begun = true
    this.#size += raw.length
    if (end === -1) return this.#size > limit
    this.rest = raw.slice(end).replace(/^(?:\u001b\[0m)+/, '')
    return true
  }
}

/** Where the reset of the head stands in this line; -1 when it goes on. */
function headEnd(raw: string): number {
  const first = raw.indexOf(reset)
  if (first === -1) return -1
  const behind = raw.indexOf(`: ${bold}`, first)
  const own = behind === -1 ? raw : raw.slice(0, raw.lastIndexOf(reset, behind) + reset.length)
  const left = [...own.matchAll(closing)].length - [...own.matchAll(opening)].length
  return left > 0 ? own.lastIndexOf(reset) : -1
}
