import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { launchBrowser } from './launch.ts'

/** One browser for all tests of a file. @returns asks for it within a test */
export function sharedBrowser(): () => Browser {
  let browser: Browser | null = null
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => browser?.close())
  return () => {
    if (!browser) throw new Error('the browser was not started')
    return browser
  }
}

/** A page that is open in the browser. */
export interface OpenPage {
  page: Page
  /** What a report must never do: errors on the console, refusals by its policy, dialogs, requests. */
  troubles: string[]
}

/**
 * Opens a report from the disk, as a browser without a network does; it is closed when the test has finished.
 * @param fragment of the address, such as `#check-0`
 */
export async function openReport(
  browser: Browser,
  file: string,
  { fragment = '', ...options }: BrowserContextOptions & { fragment?: string } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ offline: true, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const address = pathToFileURL(file).href
  const troubles = watch(page, address)
  await page.goto(`${address}${fragment}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, troubles }
}

function watch(page: Page, address: string): string[] {
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      troubles.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => troubles.push(`window: ${popup.url()}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(address) && !url.startsWith('data:')) troubles.push(`request: ${url}`)
  })
  return troubles
}
