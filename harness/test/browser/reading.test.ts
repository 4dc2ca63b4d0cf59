import { beforeAll, describe, expect, test } from 'vitest'
import { openReport, sharedBrowser } from './browser.ts'
import { readRunJson, runsFolder, writeReports } from './reports.ts'
import { failingLine, makeShowcase } from './showcase.ts'

const browser = sharedBrowser()
const out = runsFolder()
let file: string

beforeAll(() => {
  file = writeReports(makeShowcase(out))
})

describe('the whole run', () => {
  test('opens from the disk without a network, and nothing complains', async () => {
    const { page, troubles } = await openReport(browser(), file)
    for (const name of ['Timeline', 'History', 'Checks']) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('region', { name, exact: true }).waitFor()
    }
    expect(troubles).toEqual([])
  })

  test('its numbers are those of run.json', async () => {
    const { page } = await openReport(browser(), file)
    const { run, checks } = readRunJson(file)
    const counts = await page.locator('.counts li').allTextContents()
    const told = Object.fromEntries(
      counts.map((text) => [text.replace(/^.*\d /, ''), Number(/\d+/.exec(text)?.[0])]),
    )
    expect(told).toEqual({ failed: 1, errored: 1, passed: 18, skipped: 1 })
    for (const [outcome, count] of Object.entries(told)) {
      expect(checks.filter((check) => check.outcome === outcome)).toHaveLength(count)
    }
    const text = (await page.locator('main').textContent()) ?? ''
    expect(text).toContain(`2 of ${checks.length} checks did not pass`)
    expect(text).toContain('4 min 4 s')
    expect(run.seconds).toBe(244)
    expect(text).toContain(String(checks.reduce((sum, { assertions }) => sum + assertions.length, 0)))
  })

  test('what failed comes first, with its message', async () => {
    const { page } = await openReport(browser(), file)
    const rows = page.locator('.check-row')
    await expect.poll(() => rows.count()).toBe(20)
    expect(await rows.nth(0).textContent()).toMatch(
      /k3s-network.*nodes join.*server_1: command `kubectl get nodes/,
    )
    expect(await rows.nth(1).textContent()).toContain('QEMU of machine died (signal 11)')
  })

  test('is searched by name, message and tag, and narrowed by outcome', async () => {
    const { page } = await openReport(browser(), file)
    const rows = page.locator('.check-row')
    const search = page.getByRole('searchbox', { name: /^Search checks/ })
    await search.fill('signal 11')
    await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining('boot-uefi')])
    await search.fill('network')
    await expect.poll(() => rows.count()).toBe(4)
    await search.fill('')
    await page.getByRole('button', { name: 'failed', exact: true }).click()
    await expect.poll(() => rows.count()).toBe(1)
    await search.fill('nothing is called so')
    await page.getByText('No check matches.').waitFor()
  })
})

describe('a check', () => {
  test('says first what failed: message, place in the script, output and the consoles', async () => {
    const { page, troubles } = await openReport(browser(), file)
    await page.getByRole('link', { name: 'k3s-network' }).click()
    const failure = page.locator('section.failure')
    await failure.getByText('NotReady').waitFor()
    const text = (await failure.textContent()) ?? ''
    expect(text.startsWith('command `kubectl get nodes')).toBe(true)
    for (const told of ['[PHASE 2] Network › nodes join', 'line 57, in <module>', `log line ${failingLine}`])
      expect(text).toContain(told)
    await failure.getByRole('region', { name: /console of server_1/ }).waitFor()
    expect(troubles).toEqual([])
  })

  test('opened by its address, as a link in a chat does it', async () => {
    const { page } = await openReport(browser(), file, { fragment: '#check/k3s-network' })
    await page.locator('section.failure').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('k3s-network')
  })

  test('its log opens at the line that failed, in colours and without escape codes', async () => {
    const { page, troubles } = await openReport(browser(), file, { fragment: '#check/k3s-network' })
    await page
      .getByRole('link', { name: `log line ${failingLine}` })
      .first()
      .click()
    const line = page.getByText('must succeed: kubectl get nodes').first()
    await line.waitFor()
    const isOnScreen = () =>
      line.evaluate((one) => {
        const { top, bottom } = one.getBoundingClientRect()
        return top >= 0 && bottom <= innerHeight
      })
    await expect.poll(isOnScreen).toBe(true)
    const colours = await page
      .getByText('Started', { exact: true })
      .first()
      .evaluate((one) => [
        getComputedStyle(one).color,
        getComputedStyle(one.closest('main') as Element).color,
      ])
    expect(colours[0]).not.toBe(colours[1])
    expect(await page.locator('main').textContent()).not.toContain('\x1b')
    expect(troubles).toEqual([])
  })

  test('of a flaky check every attempt is there with its log', async () => {
    const { page } = await openReport(browser(), file, { fragment: '#check/storage-replication' })
    await expect.poll(() => page.locator('.attempts li').count()).toBe(2)
    expect(await page.locator('.attempts').textContent()).toContain('timed out in replica_2')
  })
})

test('keyboard only: from the list to a check, its tree and its log, and back', async () => {
  const { page } = await openReport(browser(), file)
  const press = async (key: string, until: () => Promise<boolean>) => {
    for (let times = 0; times < 60; times++) {
      if (await until()) return
      await page.keyboard.press(key)
    }
    throw new Error(`${key} does not lead there`)
  }
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
  await press('Tab', async () => (await focused()) === 'k3s-network')
  await page.keyboard.press('Enter')
  await page.locator('section.failure').waitFor()
  await press('Tab', async () =>
    page.evaluate(
      () =>
        document.activeElement?.role === 'treeitem' ||
        document.activeElement?.getAttribute('role') === 'treeitem',
    ),
  )
  const before = await focused()
  await page.keyboard.press('ArrowDown')
  await expect.poll(focused).not.toBe(before)
  await press('Tab', async () => (await focused()) === 'Read the log')
  await page.keyboard.press('Enter')
  await page.getByText('must succeed: kubectl get nodes').first().waitFor()
  await page.goBack()
  await page.goBack()
  await page.locator('.check-list').waitFor()
})
