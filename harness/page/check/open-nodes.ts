import type { TreeNode } from './tree.ts'

/** A tree of more nodes is shown closed where all went well. */
const mostOpen = 60

/** Keys of the nodes that are open at first: all of a small tree, else those in which something did not pass. */
export function openAtFirst(roots: readonly TreeNode[], isNarrowed: boolean): Set<string> {
  const branches: TreeNode[] = []
  let count = 0
  const visit = (nodes: readonly TreeNode[]) => {
    for (const node of nodes) {
      count++
      if (node.children.length > 0) branches.push(node)
      visit(node.children)
    }
  }
  visit(roots)
  const all = isNarrowed || count <= mostOpen
  return new Set(branches.filter(({ tally }) => all || tally !== 'passed').map(({ key }) => key))
}
