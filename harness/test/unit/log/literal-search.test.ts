import { expect, test } from 'vitest'
import { LiteralSearch } from '../../../log/literal-search.ts'
import { seededRandom } from '../../helpers/random.ts'

/** Every place of every literal, found the slow way. */
function naive(text: string, literals: string[]): [number, number][] {
  const found: [number, number][] = []
  for (let at = 0; at < text.length; at++) {
    literals.forEach((literal, index) => {
      if (text.startsWith(literal, at)) found.push([at, index])
    })
  }
  return found
}

test('finds what a slow search finds, in the same order', () => {
  const random = seededRandom(5)
  for (let round = 0; round < 500; round++) {
    const letters = () => 'ab c'[Math.floor(random() * 4)] as string
    const word = (least: number) => Array.from({ length: least + Math.floor(random() * 4) }, letters).join('')
    const literals = [...new Set([word(3), word(3), word(5), word(4)])]
    const text = Array.from({ length: Math.floor(random() * 400) }, letters).join('')
    const hits = new LiteralSearch(literals).inText(text)
    const pairs = hits.flatMap((hit, at) => (at % 2 === 0 ? [[hit, hits[at + 1]]] : []))
    expect(pairs.toSorted(byPlace)).toEqual(naive(text, literals).toSorted(byPlace))
    expect(pairs.map(([place]) => place)).toEqual(
      pairs.map(([place]) => place).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    )
  }
})

const byPlace = (a: (number | undefined)[], b: (number | undefined)[]) =>
  (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0)
