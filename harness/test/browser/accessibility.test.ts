import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openReport, sharedBrowser } from './browser.ts'
import { runsFolder, writeReports } from './reports.ts'
import { failingLine, makeSearch, makeShowcase, makeSweeps } from './showcase.ts'

const browser = sharedBrowser()
const out = runsFolder()
const pages = new Map<string, string>()

beforeAll(() => {
  pages.set('run', writeReports(makeShowcase(out)))
  pages.set('sweep', writeReports(makeSweeps(out)))
  pages.set('search', writeReports(makeSearch(out)))
})

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong: the rule, and the first that breaks it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const found = await page.evaluate(
    (values) => (window as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: 'tag', values } }),
    rules,
  )
  return found.violations.map(({ id, nodes }) => {
    const [first] = nodes
    return `${id}, ${nodes.length} times: ${first?.html} ${first?.failureSummary}`
  })
}

/** Each view by what stands behind `#`, and something that is only there when it is complete. */
const views: [name: string, run: string, fragment: string, complete: string][] = [
  ['the list of checks', 'run', '#checks', '.check-list'],
  ['a failed check', 'run', '#check/k3s-network', 'section.failure .console'],
  ['a flaky check', 'run', '#check/storage-replication', '.attempts'],
  ['a check that did not run', 'run', '#check/arm64-boots', 'article.check'],
  ['a log', 'run', `#check/k3s-network/1/L${failingLine}`, 'main :text("must succeed: kubectl")'],
  ['the timeline', 'run', '#timeline', '.timeline-block'],
  ['the history', 'run', '#history', '.trends-series'],
  ['the matrix', 'sweep', '#matrix', '.matrix-cell'],
  ['a search', 'search', '#matrix', '.search-result'],
]
const looks = [
  ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
  ['on a phone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
] as const

describe.each(looks)('%s', (_, look) => {
  test.each(views)(
    '%s breaks no rule of WCAG 2.2 AA, and does not scroll sideways',
    async (_name, run, fragment, complete) => {
      const { page, troubles } = await openReport(browser(), pages.get(run) ?? '', { ...look, fragment })
      await page.locator(complete).first().waitFor()
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
      await page.waitForTimeout(100)
      expect(await violations(page)).toEqual([])
      const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect(wide).toBeLessThanOrEqual(screen ?? 0)
      expect(troubles).toEqual([])
    },
  )
})

// 1280 pixels at 400 %, which WCAG names for reflow.
test.each(views)('%s fits into 320 pixels', async (_name, run, fragment, complete) => {
  const viewport = { width: 320, height: 640 }
  const { page } = await openReport(browser(), pages.get(run) ?? '', { viewport, fragment })
  await page.locator(complete).first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
})

test('the theme can be chosen, whatever the system says', async () => {
  const { page } = await openReport(browser(), pages.get('run') ?? '', { colorScheme: 'light' })
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect.poll(ground).not.toBe(light)
  await page.getByRole('button', { name: 'Light' }).click()
  await expect.poll(ground).toBe(light)
})
