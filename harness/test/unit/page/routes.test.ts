import { expect, test } from 'vitest'
import { hrefOf, type Route, routeOf } from '../../../page/routes.ts'

const checks = ['pair', 'pair@slow', 'a/b c~2%', '"><script>', 'pair', 'timeline', 'pair~2'].map((title) => ({
  title,
}))

test.each<[string, Route]>([
  ['#', { view: 'run', tab: null }],
  ['#timeline', { view: 'run', tab: 'timeline' }],
  ['#check/pair', { view: 'check', check: 0 }],
  ['#check/pair@slow/2/L120', { view: 'log', check: 1, attempt: 2, line: 120 }],
  ['#check/a%2Fb%20c%7E2%25/1', { view: 'log', check: 2, attempt: 1, line: null }],
  ['#check/%22%3E%3Cscript%3E', { view: 'check', check: 3 }],
  ['#check/pair~2', { view: 'check', check: 4 }],
  ['#check/pair%7E2', { view: 'check', check: 6 }],
  ['#check/timeline', { view: 'check', check: 5 }],
])('%s', (hash, route) => {
  expect(hrefOf(route, checks)).toBe(hash)
  expect(routeOf(hash, checks)).toEqual(route)
})

test.each(['#check/nobody', '#check/', '#check/pair/x', '#check/%', '#anything', ''])(
  '%s leads to the whole run',
  (hash) => {
    expect(routeOf(hash, checks)).toEqual({ view: 'run', tab: null })
  },
)

test('the address of a title as somebody would type it', () => {
  expect(routeOf('#check/pair%40slow', checks)).toEqual({ view: 'check', check: 1 })
})
