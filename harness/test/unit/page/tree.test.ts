import { describe, expect, test } from 'vitest'
import type { Assertion } from '../../../model/assertion.ts'
import { openAtFirst } from '../../../page/check/open-nodes.ts'
import {
  buildTree,
  filterTree,
  longestSeconds,
  rowsOf,
  slowestFirst,
  type TreeNode,
} from '../../../page/check/tree.ts'
import { treeMove } from '../../../page/check/tree-keys.ts'
import { assertion } from '../reporters/junit-samples.ts'

const made = (...facts: Partial<Assertion>[]) => facts.map((one, index) => assertion(index, one))

/** Indented lines, `!` before what did not pass. */
const drawn = (nodes: readonly TreeNode[], indent = ''): string[] =>
  nodes.flatMap(({ text, tally, children }) => [
    `${indent}${tally === 'passed' ? '' : '!'}${text}`,
    ...drawn(children, `${indent}  `),
  ])

const cluster = buildTree(
  made(
    { text: 'before' },
    { text: 'boot', phase: 'P1', seconds: 2 },
    { kind: 'subtest', text: 'outer', phase: 'P1', seconds: 9 },
    { text: 'a', phase: 'P1', path: ['outer'], seconds: 4, node: 'alpha' },
    { kind: 'subtest', text: 'inner', phase: 'P1', path: ['outer'], outcome: 'failed', seconds: 5 },
    { text: 'b', phase: 'P1', path: ['outer', 'inner'], outcome: 'failed', seconds: 5, message: 'Boom' },
    { text: 'c', phase: 'P1', outcome: 'failed', caught: true },
    { text: 'd', phase: 'P2', path: ['lost'], seconds: null },
  ),
)

describe('a tree', () => {
  test('holds phases, subtests and assertions', () => {
    expect(drawn(cluster)).toEqual([
      'before',
      '!P1',
      '  boot',
      '  outer',
      '    a',
      '    !inner',
      '      !b',
      '  !c',
      'P2',
      '  lost',
      '    d',
    ])
  })

  test('gives a phase the time of what stands in it', () => {
    expect(cluster.map(({ seconds }) => seconds)).toEqual([1, 12, null])
    expect(longestSeconds(cluster)).toBe(12)
  })

  test('repeats a phase or a subtest that comes again', () => {
    const again = buildTree(
      made(
        { phase: 'P' },
        { phase: 'Q' },
        { phase: 'P' },
        { kind: 'subtest', text: 's', phase: 'P' },
        { text: 'x', phase: 'P', path: ['s'] },
        { kind: 'subtest', text: 's', phase: 'P' },
        { text: 'y', phase: 'P', path: ['s'] },
      ),
    )
    expect(drawn(again)).toEqual([
      'P',
      '  step 0',
      'Q',
      '  step 1',
      'P',
      '  step 2',
      '  s',
      '    x',
      '  s',
      '    y',
    ])
    const keys = rowsOf(again, () => true).map(({ node }) => node.key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('is narrowed to what is sought, with what stands around it', () => {
    expect(drawn(filterTree(cluster, { text: 'boom', onlyTrouble: false }))).toEqual([
      '!P1',
      '  outer',
      '    !inner',
      '      !b',
    ])
    expect(drawn(filterTree(cluster, { text: 'ALPHA', onlyTrouble: false }))).toEqual([
      '!P1',
      '  outer',
      '    a',
    ])
    expect(drawn(filterTree(cluster, { text: '', onlyTrouble: true }))).toEqual([
      '!P1',
      '  outer',
      '    !inner',
      '      !b',
      '  !c',
    ])
    expect(filterTree(cluster, { text: 'nothing is called so', onlyTrouble: false })).toEqual([])
  })

  test('flat, the slowest first', () => {
    expect(slowestFirst(cluster).map(({ text }) => text)).toEqual(['b', 'a', 'boot', 'before', 'c'])
  })

  test('is open at first where it is small, or something did not pass', () => {
    expect([...openAtFirst(cluster, false)]).toHaveLength(5)
    const many = buildTree(made(...Array.from({ length: 100 }, (_, at) => ({ phase: `P${at % 2}` }))))
    expect([...openAtFirst(many, false)]).toEqual([])
    expect(openAtFirst(many, true).size).toBe(100)
  })
})

describe('keys', () => {
  const rows = rowsOf(cluster, () => true)
  const at = (text: string) => rows.findIndex(({ node }) => node.text === text)
  const move = (key: string, text: string, isOpen = true) =>
    treeMove(key, rows, { row: at(text), isOpen, pageRows: 3 })

  test.each([
    ['ArrowDown', 'P1', true, 'boot'],
    ['ArrowUp', 'boot', true, 'P1'],
    ['Home', 'b', true, 'before'],
    ['End', 'P1', true, 'd'],
    ['PageDown', 'before', true, 'outer'],
    ['PageUp', 'boot', true, 'before'],
    ['ArrowRight', 'outer', true, 'a'],
    ['ArrowLeft', 'b', false, 'inner'],
    ['ArrowLeft', 'before', false, 'before'],
  ])('%s on %s goes on', (key, from, isOpen, to) => {
    expect(move(key, from, isOpen)).toEqual({ type: 'go', row: at(to) })
  })

  test('open and close', () => {
    expect(move('ArrowRight', 'P1', false)).toEqual({ type: 'toggle', row: at('P1') })
    expect(move('ArrowLeft', 'P1')).toEqual({ type: 'toggle', row: at('P1') })
    expect(move('Enter', 'b', false)).toEqual({ type: 'toggle', row: at('b') })
    expect(move('ArrowRight', 'b')).toBeNull()
  })

  test('others are left to the browser', () => {
    expect(move('x', 'P1')).toBeNull()
    expect(move('Tab', 'P1')).toBeNull()
  })
})
