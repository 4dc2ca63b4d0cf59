import { statSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { openReport, sharedBrowser } from './browser.ts'
import { culprit, largeShape, makeLargeRun, podIn } from './large-run.ts'
import { runsFolder, writeReports } from './reports.ts'

const browser = sharedBrowser()
const out = runsFolder()
let file: string

beforeAll(() => {
  file = writeReports(makeLargeRun(out, largeShape))
})

test('ten thousand assertions and 50 MB of logs: the page is smaller than its logs, and all of it works', async () => {
  expect(statSync(file).size).toBeLessThan(largeShape.logBytes)
  const { page, troubles } = await openReport(browser(), file)
  await expect.poll(() => page.locator('.check-row').count()).toBe(largeShape.checks)
  await page.getByRole('link', { name: culprit.check }).click()
  const failure = page.locator('section.failure')
  await failure.getByText(culprit.marker).first().waitFor()
  const rows = page.getByRole('treeitem')
  expect(await rows.count()).toBeLessThan(600)
  await page.getByRole('searchbox', { name: 'Search assertions' }).fill('test-pod-333 ')
  await expect.poll(() => rows.filter({ hasText: 'test-pod-333 ' }).count()).toBe(1)
  await page.getByRole('link', { name: 'Read the log' }).click()
  await page.locator('.log-row', { hasText: culprit.marker }).first().waitFor()
  const search = page.getByRole('searchbox')
  await search.fill('attempt=8 nowhere')
  await search.fill(podIn(7))
  await page
    .locator('.log-row', { hasText: podIn(7) })
    .first()
    .waitFor()
  expect(await page.locator('.log-row').count()).toBeLessThan(400)
  expect(troubles).toEqual([])
})
