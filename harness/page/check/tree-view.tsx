import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { PageData } from '../data.ts'
import { usePageWindow } from '../shared/use-page-window.ts'
import { openAtFirst } from './open-nodes.ts'
import { rowsOf, showsMore, type TreeNode } from './tree.ts'
import { treeMove } from './tree-keys.ts'
import { AssertionRow } from './tree-row.tsx'

interface Props {
  data: PageData
  n: number
  tree: readonly TreeNode[]
  /** Seconds that the longest bar stands for. */
  longest: number
  /** It was narrowed to what the reader looks for: all of it is shown. */
  isNarrowed: boolean
}

/** A tree of which only those rows are drawn that are on the screen. */
export function TreeView({ data, n, tree, longest, isNarrowed }: Props) {
  const [open, setOpen] = useState(() => openAtFirst(tree, isNarrowed))
  const [focused, setFocused] = useState(0)
  const wantsFocus = useRef(false)
  const rows = useMemo(() => rowsOf(tree, ({ key }) => open.has(key)), [tree, open])
  const row = Math.min(focused, rows.length - 1)
  const box = useRef<HTMLDivElement>(null)
  const { first, end, offsetOf, height, measure, scrollTo } = usePageWindow(box, rows, ({ node }) =>
    open.has(node.key) && showsMore(node) ? node.key : null,
  )
  const toggle = (at: number) => {
    const key = rows[at]?.node.key ?? ''
    const changed = new Set(open)
    if (!changed.delete(key)) changed.add(key)
    setOpen(changed)
    setFocused(at)
  }
  // Not after the next paint: by then scrolling may have drawn it once more, and the wish would be spent on the old row.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    box.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus({ preventScroll: true })
  })
  const press = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).dataset.row === undefined || event.ctrlKey || event.metaKey) return
    const isOpen = open.has(rows[row]?.node.key ?? '')
    const move = treeMove(event.key, rows, { row, isOpen, pageRows: 15 })
    if (!move) return
    event.preventDefault()
    if (move.type === 'toggle') return toggle(move.row)
    wantsFocus.current = true
    setFocused(move.row)
    scrollTo(move.row)
  }
  // The focused row stays drawn wherever the page is scrolled to, or the keyboard would lose its place.
  const drawn = rangeWith(first, end, row)
  return (
    <div
      ref={box}
      class="tree"
      role="tree"
      aria-labelledby="tree-title"
      style={{ height: `${height}px` }}
      onKeyDown={press}
    >
      {drawn.map((at) => {
        const one = rows[at]
        return (
          one && (
            <AssertionRow
              key={one.node.key}
              data={data}
              n={n}
              row={one}
              at={at}
              top={offsetOf(at)}
              isOpen={open.has(one.node.key)}
              isFocusable={at === row}
              longest={longest}
              toggle={toggle}
              measure={measure}
            />
          )
        )
      })}
    </div>
  )
}

function rangeWith(first: number, end: number, other: number): number[] {
  const range = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at)
  return other < first ? [other, ...range] : other >= end ? [...range, other] : range
}
