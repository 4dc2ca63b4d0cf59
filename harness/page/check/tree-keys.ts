import type { TreeRow } from './tree.ts'

/** What a key does in a tree: move to a row, or open and close a node. */
export type TreeMove = { type: 'go'; row: number } | { type: 'toggle'; row: number } | null

/**
 * Keys of a tree, as the ARIA practices describe them.
 * @param row that has the focus @param isOpen whether its children are shown @param pageRows that fit on the screen
 */
export function treeMove(
  key: string,
  rows: readonly TreeRow[],
  { row, isOpen, pageRows }: { row: number; isOpen: boolean; pageRows: number },
): TreeMove {
  const last = rows.length - 1
  const here = rows[row]
  const go = (to: number): TreeMove => ({ type: 'go', row: Math.max(0, Math.min(last, to)) })
  const hasChildren = (here?.node.children.length ?? 0) > 0
  switch (key) {
    case 'ArrowDown':
      return go(row + 1)
    case 'ArrowUp':
      return go(row - 1)
    case 'Home':
      return go(0)
    case 'End':
      return go(last)
    case 'PageDown':
      return go(row + pageRows)
    case 'PageUp':
      return go(row - pageRows)
    case 'ArrowRight':
      if (!isOpen) return { type: 'toggle', row }
      return hasChildren ? go(row + 1) : null
    case 'ArrowLeft':
      return isOpen ? { type: 'toggle', row } : go(parentOf(rows, row))
    case 'Enter':
    case ' ':
      return { type: 'toggle', row }
    default:
      return null
  }
}

function parentOf(rows: readonly TreeRow[], row: number): number {
  const level = rows[row]?.level ?? 1
  for (let at = row - 1; at >= 0; at--) if ((rows[at]?.level ?? 1) < level) return at
  return row
}
