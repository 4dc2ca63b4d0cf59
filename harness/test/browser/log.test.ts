import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openReport, sharedBrowser } from './browser.ts'
import { makeRun } from './made-run.ts'
import { runsFolder, writeReports } from './reports.ts'

const browser = sharedBrowser()
const out = runsFolder()
let file: string

/** Lines of three nodes in turns, the last of them after the failure. */
function* threeNodes(): Generator<string> {
  for (let line = 1; line <= 3000; line++) {
    const node = ['server', 'agent', 'client'][line % 3]
    yield line === 1500
      ? '!!! Traceback (most recent call last):\n'
      : `${node} # \x1b[32mline\x1b[0m ${line} of the log\n`
  }
}

beforeAll(() => {
  const nodes = ['server', 'agent', 'client'].map((name) => ({
    ...{ name, consoleLines: 1000, booted: true, symptoms: [] },
  }))
  const failure = { assertion: 0, node: 'agent', kind: 'succeed', message: 'no answer' } as const
  const started = { type: 'assertionStarted', index: 0, kind: 'succeed', text: 'true', line: 1490 } as const
  const events = [{ ...started, node: 'agent', phase: null, path: [] }]
  const attempt = { at: 0, seconds: 9, outcome: 'failed', failure, nodes, events, log: threeNodes() } as const
  const checks = [{ check: 'three', attempts: [attempt] }]
  file = writeReports(makeRun(out, '20261120T160000000Z-10g5', { checks, exitCode: 1 }))
})

async function openLog(line = ''): Promise<Page> {
  const { page } = await openReport(browser(), file, { fragment: `#check/three/1${line}` })
  await page.locator('.log-row').nth(5).waitFor()
  return page
}

/** Whether a line is to be seen. */
async function isShown(page: Page, line: number): Promise<boolean> {
  return page.evaluate((wanted) => {
    const box = document.querySelector('.log-box')?.getBoundingClientRect()
    const row = document.querySelector(`[data-line="${wanted}"]`)?.getBoundingClientRect()
    return box !== undefined && row !== undefined && row.top >= box.top && row.bottom <= box.bottom
  }, line)
}

const shows = (page: Page, line: number) => expect.poll(() => isShown(page, line)).toBe(true)
const scrollAway = (page: Page) => page.locator('.log-box').evaluate((box) => box.scrollTo(0, 0))

test('opens where it failed, and leads there again whenever it is asked', async () => {
  const page = await openLog()
  await shows(page, 1500)
  expect(await page.locator('.log-marked').getAttribute('data-line')).toBe('1500')
  const link = page.getByRole('link', { name: 'Where it failed' })
  for (let times = 0; times < 3; times++) {
    await scrollAway(page)
    await shows(page, 1)
    await link.click()
    await shows(page, 1500)
  }
  const search = page.getByRole('searchbox')
  await search.fill('line 2222 ')
  await shows(page, 2222)
  await link.click()
  await shows(page, 1500)
  await search.press('Enter')
  await page.reload()
  await shows(page, 1500)
})

test('a line has an address that holds; clicking on its number does not move it', async () => {
  const page = await openLog('/L2500')
  await shows(page, 2500)
  const number = page.getByRole('link', { name: '2504', exact: true })
  const before = await number.boundingBox()
  await number.click()
  await expect.poll(() => page.url()).toContain('/L2504')
  await expect.poll(() => page.locator('.log-marked').getAttribute('data-line')).toBe('2504')
  expect((await number.boundingBox())?.y).toBe(before?.y)
  await page.goBack()
  await expect.poll(() => page.locator('.log-marked').getAttribute('data-line')).toBe('2500')
})

test('one press narrows it to one node; a new search begins with its first hit', async () => {
  const page = await openLog()
  await page.getByRole('button', { name: 'client' }).click()
  const speakers = async () => new Set(await page.locator('.log-node').allTextContents())
  await expect.poll(speakers).toEqual(new Set(['client']))
  const search = page.getByRole('searchbox')
  await search.fill('line 2')
  await page.getByText(/^1 of \d+$/).waitFor()
  await search.press('Enter')
  await page.getByText(/^2 of \d+$/).waitFor()
  await search.fill('line 29')
  await page.getByText('1 of 39', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'client' }).click()
  await page.getByText('1 of 111', { exact: true }).waitFor()
})

test('lines that are copied are those of the file, without codes and numbers', async () => {
  const page = await openLog('/L2500')
  await shows(page, 2500)
  const copied = await page.evaluate(() => {
    const [first, last] = [2499, 2501].map((line) => document.querySelector(`[data-line="${line}"]`))
    getSelection()?.setBaseAndExtent(first as Node, 0, last as Node, 2)
    const clipboardData = new DataTransfer()
    first?.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }))
    return clipboardData.getData('text/plain')
  })
  expect(copied).toBe(
    'server # line 2499 of the log\nagent # line 2500 of the log\nclient # line 2501 of the log\n',
  )
})

test('a page of which only a part was downloaded says so, and shows what it has', async () => {
  const whole = readFileSync(file, 'utf8')
  const openUntil = async (end: string, fragment: string) => {
    const part = join(out, 'part.html')
    writeFileSync(part, whole.slice(0, whole.indexOf(end)))
    return (await openReport(browser(), part, { fragment })).page
  }
  const withoutLog = await openUntil('id="log-0-0"', '#check/three/1')
  await withoutLog.getByText('could not be read to its end: this page is not complete').waitFor()
  await withoutLog.getByRole('link', { name: 'three' }).click()
  await withoutLog.locator('section.failure').getByText('no answer').first().waitFor()
  const withoutDetails = await openUntil('id="check-0"', '#check/three')
  await withoutDetails.getByRole('alert').getByText('perhaps not complete').waitFor()
  await withoutDetails.getByRole('link', { name: 'All checks' }).click()
  await withoutDetails.locator('.check-row').getByText('no answer').waitFor()
})
