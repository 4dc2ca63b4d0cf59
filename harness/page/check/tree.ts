import type { Assertion } from '../../model/assertion.ts'
import { type Tally, tallyOf } from '../../reporters/wording.ts'

/** A phase, a subtest or an assertion, with what stands in it. */
export interface TreeNode {
  /** Unique in its tree, the same whenever it is built. */
  key: string
  /** `group`: a subtest of which the log does not tell the beginning. */
  type: 'phase' | 'group' | 'assertion'
  text: string
  /** null for phases and groups. */
  assertion: Assertion | null
  /** Of a phase what stands in it took together; null when nothing tells. */
  seconds: number | null
  /** The worst of it and of what stands in it. */
  tally: Tally
  children: TreeNode[]
}

/** Phases, in them subtests, in them assertions; without phases and subtests just assertions. */
export function buildTree(assertions: readonly Assertion[]): TreeNode[] {
  const roots: TreeNode[] = []
  let phase: TreeNode | null = null as TreeNode | null
  let open: TreeNode[] = []
  for (const assertion of assertions) {
    if ((phase?.text ?? null) !== assertion.phase) {
      open = []
      phase = assertion.phase === null ? null : bracket('phase', assertion.phase, assertion.index)
      if (phase) roots.push(phase)
    }
    const top = phase ? phase.children : roots
    open = enclosing(open, assertion, top)
    const node = leaf(assertion)
    const siblings = open.at(-1)?.children ?? top
    siblings.push(node)
    if (assertion.kind === 'subtest') open.push(node)
  }
  for (const root of roots) sumUp(root)
  return roots
}

/** The subtests around an assertion; those that its log does not tell are added. */
function enclosing(open: TreeNode[], { path, index }: Assertion, top: TreeNode[]): TreeNode[] {
  const same = path.findIndex((name, depth) => open[depth]?.text !== name)
  const kept = open.slice(0, same < 0 ? path.length : same)
  for (const name of path.slice(kept.length)) {
    const group = bracket('group', name, index)
    const siblings = kept.at(-1)?.children ?? top
    siblings.push(group)
    kept.push(group)
  }
  return kept
}

function leaf(assertion: Assertion): TreeNode {
  const { index, text, seconds } = assertion
  return {
    key: `a${index}`,
    type: 'assertion',
    text,
    assertion,
    seconds,
    tally: tallyOf(assertion),
    children: [],
  }
}

function bracket(type: 'phase' | 'group', text: string, index: number): TreeNode {
  return {
    key: `${type}${index}/${text}`,
    type,
    text,
    assertion: null,
    seconds: null,
    tally: 'passed',
    children: [],
  }
}

const fromWorst: Tally[] = ['failed', 'errored', 'unfinished', 'caught', 'passed']

/** Gives phases and groups the time of what stands in them, and everything the worst outcome in it. */
function sumUp(node: TreeNode): void {
  for (const child of node.children) sumUp(child)
  if (node.children.length === 0) return
  const tallies = [node.tally, ...node.children.map(({ tally }) => tally)]
  node.tally = fromWorst.find((tally) => tallies.includes(tally)) ?? node.tally
  // A subtest that caught what failed in it passed all the same.
  if (node.assertion) node.tally = tallyOf(node.assertion)
  if (node.type === 'assertion') return
  const known = node.children.flatMap(({ seconds }) => seconds ?? [])
  node.seconds = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0)
}

/** Whether there is more to say of a node than its line: of one without parts, when it is open. */
export function showsMore({ assertion, children }: TreeNode): boolean {
  return assertion !== null && children.length === 0
}

/** A row of a tree as it is shown. */
export interface TreeRow {
  node: TreeNode
  /** 1-based. */
  level: number
  /** 1-based among its siblings, and how many they are. */
  position: number
  siblings: number
}

/** The rows of a tree of which some nodes are open. */
export function rowsOf(roots: readonly TreeNode[], isOpen: (node: TreeNode) => boolean): TreeRow[] {
  const rows: TreeRow[] = []
  const add = (nodes: readonly TreeNode[], level: number) => {
    for (const [at, node] of nodes.entries()) {
      rows.push({ node, level, position: at + 1, siblings: nodes.length })
      if (node.children.length > 0 && isOpen(node)) add(node.children, level + 1)
    }
  }
  add(roots, 1)
  return rows
}

/** What has no parts, the slowest first; what took no time that is known is left out. */
export function slowestFirst(roots: readonly TreeNode[]): TreeNode[] {
  return leavesOf(roots)
    .filter(({ seconds }) => seconds !== null)
    .sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))
}

function leavesOf(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => (node.children.length === 0 ? [node] : leavesOf(node.children)))
}

/** What a tree is narrowed to. */
export interface TreeFilter {
  text: string
  /** Leave out what passed. */
  onlyTrouble: boolean
}

/** The parts of a tree that hold what is sought, with what stands around it. */
export function filterTree(roots: readonly TreeNode[], { text, onlyTrouble }: TreeFilter): TreeNode[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '' && !onlyTrouble) return [...roots]
  const narrowed = (node: TreeNode): TreeNode[] => {
    const children = node.children.flatMap(narrowed)
    const isHit = (!onlyTrouble || node.tally !== 'passed') && (wanted === '' || speaksOf(node, wanted))
    if (children.length > 0) return [{ ...node, children }]
    return isHit && (node.assertion || wanted !== '') ? [{ ...node, children: [] }] : []
  }
  return roots.flatMap(narrowed)
}

function speaksOf({ text, assertion }: TreeNode, wanted: string): boolean {
  const words = [text, assertion?.node, assertion?.kind, assertion?.message, assertion?.output]
  return words.some((word) => word?.toLowerCase().includes(wanted))
}

/** The longest time in a tree, that bars are drawn against; 0 when none is known. */
export function longestSeconds(nodes: readonly TreeNode[]): number {
  return nodes.reduce(
    (most, { seconds, children }) => Math.max(most, seconds ?? 0, longestSeconds(children)),
    0,
  )
}
