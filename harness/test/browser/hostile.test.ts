import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openReport, sharedBrowser } from './browser.ts'
import { attacks, makeHostileRun } from './hostile-run.ts'
import { readRunJson, runsFolder, writeReports } from './reports.ts'

const browser = sharedBrowser()
const out = runsFolder()
let file: string

beforeAll(() => {
  file = writeReports(makeHostileRun(out))
})

/** Opens all that can be opened, and points at all that can be pointed at. */
async function touchAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })
  for (const row of await page.locator('[role=treeitem][aria-expanded=false]').all()) {
    await row
      .locator('.tree-line')
      .first()
      .click({ timeout: 2000 })
      .catch(() => {})
  }
  await page.evaluate(() => {
    for (const element of document.querySelectorAll<HTMLElement>('main *')) {
      element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))
      element.dispatchEvent(new MouseEvent('mouseenter'))
      element.focus()
    }
  })
}

/** What on a page has come alive; nothing, if all is well. */
async function alive(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { marker } = window as { marker?: unknown }
    const elements = [...document.body.querySelectorAll('*')]
    const attributes = elements.flatMap((element) => [...element.attributes])
    // Fragments, and files beside the page.
    const isHarmless = (address: string) => /^(?:#|\.\.?\/(?!\/))/.test(address)
    return [
      ...(marker === undefined ? [] : [`ran: ${marker}`]),
      ...elements.filter((one) => one.matches('iframe,object,embed,base,meta,link,style,script[src]')),
      ...attributes.filter(({ name }) => name.startsWith('on') || name === 'srcdoc'),
      ...attributes.filter(({ name, value }) => /^(?:href|src|action)$/.test(name) && !isHarmless(value)),
      ...[...document.scripts].filter(({ type }) => type === '').slice(1),
    ].map((one) =>
      one instanceof Attr ? `${one.name}=${one.value}` : String(one instanceof Element ? one.outerHTML : one),
    )
  })
}

test('whatever guests, scripts and projects print: nothing of it comes alive in any view', async () => {
  const { page, troubles } = await openReport(browser(), file)
  const links = page.getByRole('navigation', { name: 'Views of this run' }).getByRole('link')
  for (const name of await links.allTextContents()) {
    await page
      .getByRole('navigation', { name: 'Views of this run' })
      .getByRole('link', { name, exact: true })
      .click()
    await touchAll(page)
    expect(await alive(page), name).toEqual([])
  }
  const addresses = await page.evaluate(async () => {
    location.hash = '#checks'
    await new Promise((resolve) => setTimeout(resolve, 100))
    return [...document.querySelectorAll('main a[href^="#check/"]')].map(
      (link) => link.getAttribute('href') ?? '',
    )
  })
  expect(new Set(addresses).size).toBeGreaterThanOrEqual(attacks.length)
  for (const address of new Set(addresses)) {
    await page.evaluate((hash) => {
      location.hash = hash
    }, address)
    await page.locator('article.check').waitFor()
    await touchAll(page)
    expect(await alive(page), address).toEqual([])
    const log = page.getByRole('link', { name: 'Read the log' }).first()
    if ((await log.count()) === 0) continue
    await log.click()
    await page.locator('.log-row').first().waitFor()
    expect(await alive(page), `log of ${address}`).toEqual([])
  }
  expect(troubles).toEqual([])
})

test('texts that look like markup are shown as texts', async () => {
  const { page } = await openReport(browser(), file)
  await page
    .getByRole('navigation', { name: 'Views of this run' })
    .getByRole('link', { name: 'Checks' })
    .click()
  await expect.poll(() => page.getByText('<img src=x onerror=').count()).toBeGreaterThan(0)
  await expect.poll(() => page.getByText('</script><script>').count()).toBeGreaterThan(0)
})

test('no bidirectional control and no escape code reaches the eye', async () => {
  const { page } = await openReport(browser(), file)
  for (const hash of ['#checks', '#timeline', '#matrix', '#history']) {
    await page.evaluate((to) => {
      location.hash = to
    }, hash)
    await page.waitForTimeout(200)
    const shown = await page.evaluate(() => document.querySelector('main')?.textContent ?? '')
    expect(
      shown.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g) ?? [],
      hash,
    ).toEqual([])
  }
})

test('the page says the same as run.json: no attack takes a check with it', async () => {
  const { page } = await openReport(browser(), file)
  const { checks } = readRunJson(file)
  const known = await page.evaluate(
    () => JSON.parse(document.getElementById('page-data')?.textContent ?? '').checks.length,
  )
  expect(known).toBe(checks.length)
  expect(checks).toHaveLength(attacks.length)
})

test('the policy refuses a script that found a way in, a handler, an address and a request', async () => {
  const { page, troubles } = await openReport(browser(), file)
  const refused = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.marker = "injected"'
    const holder = document.createElement('div')
    holder.innerHTML = `<img src="data:," onerror="window.marker = 'handler'"><a id="evil" href="javascript:window.marker=1">x</a>
      <iframe srcdoc="<script>parent.marker = 1</script>"></iframe><form id="form" action="https://attacker.example/"></form>`
    document.body.append(script, holder)
    document.getElementById('evil')?.click()
    ;(document.getElementById('form') as HTMLFormElement).requestSubmit()
    await fetch('https://attacker.example/').catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { violations, marker: (window as { marker?: unknown }).marker ?? null }
  })
  await page.evaluate("import('data:text/javascript,window.marker=2').catch(() => {})")
  expect(refused.marker).toBeNull()
  expect(await page.evaluate('window.marker')).toBeUndefined()
  expect(refused.violations).toEqual(
    expect.arrayContaining(['script-src-elem', 'script-src-attr', 'connect-src']),
  )
  expect(troubles.filter((line) => line.startsWith('request:'))).toEqual([])
})

test('the file holds no second element of script that a text opened', () => {
  const html = readFileSync(file, 'utf8')
  expect(html.match(/<script/g)?.length).toBe(html.match(/^<script/gm)?.length)
  expect(html.match(/<\/script>/g)?.length).toBe(html.match(/<\/script>$/gm)?.length)
})
