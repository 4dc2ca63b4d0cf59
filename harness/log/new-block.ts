import type { HeadForm } from './assertion-forms.ts'
import type { Block } from './blocks.ts'
import { copy } from './text.ts'

/** The head of a block, raw, without colours and node. */
export interface Head {
  node: string | null
  /** First line of its text. */
  text: string
  /** Further lines; colours tell where they end. */
  more: string[]
  line: number
}

const none: string[] = []

/** @param head its text must be a copy. @param trusted colours tell how far its text goes */
export function newBlock(head: Head, form: HeadForm, trusted: boolean, restarts: number): Block {
  const { node, text, more, line } = head
  // Even with colours a head of several lines may be longer: the command may hold a reset of its own.
  const uncertain = more.length > 0 || (!trusted && !isExact(form))
  return {
    node,
    form,
    head: text,
    more: more.length === 0 ? none : more.map(copy),
    endMark: `(finished: ${text}, in `,
    watched: uncertain ? more.map(copy) : null,
    watchedAt: more.map((_, at) => line + 1 + at),
    watchedSize: 0,
    contiguous: more.length,
    isContiguous: !trusted,
    touchedAt: null,
    parent: null,
    entry: null,
    fate: 'open',
    superseded: false,
    output: null,
    pollFailed: false,
    error: null,
    brokenAt: null,
    restarts,
    line,
    closedAt: null,
  }
}

/** The driver's own words, to which nothing is added. The script's block is open for nearly the whole log. */
function isExact(form: HeadForm): boolean {
  return form.role === 'bookkeeping' && form.task !== 'other'
}
