import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { culprit, largeShape, makeLargeRun } from '../harness/test/browser/large-run.ts'
import { launchBrowser } from '../harness/test/browser/launch.ts'
import { report } from './lib/journals.ts'
import { median } from './lib/median.ts'

const openings = 5

/** What a person waits for, in seconds, when a large page is opened. */
interface Waits {
  /** Until something is drawn: first contentful paint. */
  firstPaintSeconds: number
  /** Until all of it is read. */
  completeSeconds: number
  /** From a click on a check to why it failed. */
  checkSeconds: number
  /** From a click on its log to the line at which it failed. */
  logSeconds: number
}

/** The HTML report of 10,000 assertions and 50 MB of logs: writing it, and reading it in Chromium. */
export default async function page(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'vmproof-bench-page-'))
  try {
    const run = makeLargeRun(folder, largeShape)
    const args = [run, '--report', 'html']
    await report(args, folder, '/dev/null')
    const { seconds: writeSeconds, peakRssMb } = await report(args, folder, '/dev/null')
    const file = join(run, 'index.html')
    const megabytes = statSync(file).size / 1e6
    const { assertions, logBytes } = largeShape
    say(`${assertions} assertions and ${logBytes / 1e6} MB of logs: a page of ${megabytes.toFixed(1)} MB`)
    say(`journal and logs to page in ${writeSeconds.toFixed(2)} s, peak ${peakRssMb.toFixed(0)} MB`)
    const waits = await measure(pathToFileURL(file).href)
    for (const [name, seconds] of Object.entries(waits))
      say(`${name} ${seconds.toFixed(2)}, median of ${openings}`)
    return { ...waits, writeSeconds, peakRssMb, megabytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(address: string): Promise<Waits> {
  const browser = await launchBrowser()
  try {
    const all: Waits[] = []
    for (let opening = 0; opening < openings; opening++) all.push(await open(browser, address))
    const middle = (name: keyof Waits) => median(all.map((waits) => waits[name]))
    return {
      firstPaintSeconds: middle('firstPaintSeconds'),
      completeSeconds: middle('completeSeconds'),
      checkSeconds: middle('checkSeconds'),
      logSeconds: middle('logSeconds'),
    }
  } finally {
    await browser.close()
  }
}

/** Each opening in a context of its own, as if for the first time. */
async function open(browser: Browser, address: string): Promise<Waits> {
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  await page.goto(address)
  const [firstPaint = 0, complete = 0] = await page.evaluate<number[]>(timesInPage)
  const checkSeconds = await timed(async () => {
    await page.getByRole('link', { name: culprit.check }).click()
    await page.locator('section.failure').waitFor()
  })
  const logSeconds = await timed(async () => {
    await page.getByRole('link', { name: 'Read the log' }).click()
    await shown(page, culprit.marker)
  })
  await context.close()
  return { firstPaintSeconds: firstPaint / 1000, completeSeconds: complete / 1000, checkSeconds, logSeconds }
}

async function shown(page: Page, text: string): Promise<void> {
  await page.locator('.log-row', { hasText: text }).first().waitFor()
}

/** Runs in the page: milliseconds from the start of the navigation to its first contentful paint, and to its end. */
const timesInPage = `new Promise((resolve) => {
  const end = () => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0]
    if (paint) resolve([paint.startTime, end()])
  }).observe({ type: 'paint', buffered: true })
})`

async function timed(action: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await action()
  return (performance.now() - begin) / 1000
}
