import { beforeAll, describe, expect, test } from 'vitest'
import type { MatrixReport, SearchReport } from '../../model/sweep.ts'
import { openReport, sharedBrowser } from './browser.ts'
import { makeRun } from './made-run.ts'
import { mergeReports, readRunJson, runsFolder, writeReports } from './reports.ts'
import { makeSearch, makeShowcase, makeSweeps, sweepProfiles } from './showcase.ts'

const browser = sharedBrowser()
const out = runsFolder()
const pages = { run: '', sweep: '', search: '' }

beforeAll(() => {
  pages.run = writeReports(makeShowcase(out))
  pages.sweep = writeReports(makeSweeps(out))
  pages.search = writeReports(makeSearch(out))
})

const sweepOf = (page: string) => readRunJson(page).sweep as MatrixReport

describe('the timeline', () => {
  const open = async () => (await openReport(browser(), pages.run, { fragment: '#timeline' })).page

  test('has a bar for every attempt, by its outcome, and says how much of the budget was held', async () => {
    const page = await open()
    const { checks } = readRunJson(pages.run)
    await expect
      .poll(() => page.locator('.timeline-block').count())
      .toBe(checks.reduce((sum, { attempts }) => sum + attempts, 0))
    expect(await page.locator('.timeline-block.outcome-failed').count()).toBe(1)
    expect(await page.locator('.timeline-block.outcome-timed-out').count()).toBe(1)
    const text = (await page.locator('.timeline').textContent()) ?? ''
    expect(text).toContain('21 attempts in 4 min 4 s, at most 5 at once.')
    expect(text).toMatch(/Memory: at most [\d.]+ GiB of 14 GiB held/)
    expect(text).toContain('Cores: at most 8 of 8 held')
  })

  test('arrow keys go from attempt to attempt; what has the focus is explained; Enter opens its check', async () => {
    const page = await open()
    await page.locator('.timeline-block[tabindex="0"]').focus()
    await page.keyboard.press('ArrowRight')
    const inspector = page.locator('.timeline-inspector')
    await inspector.getByText('attempt 2 of 2').waitFor()
    expect(await inspector.textContent()).toMatch(/passed storage-replication.*held 4 GiB and 2 cores/)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /^storage-replication, attempt 2 of 2: passed, from 3:04 to 4:04/,
    )
    await page.keyboard.press('ArrowLeft')
    await inspector.getByText('timed out in replica_2').waitFor()
    expect(await page.locator('.timeline-block[tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('Enter')
    await page.locator('article.check h1', { hasText: 'storage-replication' }).waitFor()
  })

  test('the table says the same', async () => {
    const page = await open()
    await page.getByText('The same as a table').click()
    const rows = page.locator('.timeline-table tbody tr')
    await expect.poll(() => rows.count()).toBe(21)
    expect(await page.locator('.timeline-table').textContent()).toMatch(
      /storage-replication \(attempt 1 of 2\).*timed out.*4 GiB, 2 cores.*making ready/,
    )
  })

  test('zooms in and out, and scrolls in its own box', async () => {
    const page = await open()
    const width = () => page.locator('.timeline-box svg').evaluate((one) => one.clientWidth)
    const before = await width()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await expect.poll(width).toBeGreaterThan(1.8 * before)
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await expect.poll(width).toBe(before)
  })

  test('of three thousand attempts only what can be told apart is drawn, and a click tells more', async () => {
    const checks = Array.from({ length: 3000 }, (_, index) => ({
      check: `check-${index}`,
      attempts: [
        {
          at: Math.floor(index / 8) * 2,
          seconds: 1.5,
          ...(index === 2321 && { outcome: 'failed' as const, failure: { message: 'it broke' } }),
        },
      ],
    }))
    const file = writeReports(makeRun(out, '20261120T130000000Z-f00d', { checks, exitCode: 1 }))
    const { page, troubles } = await openReport(browser(), file, { fragment: '#timeline' })
    const blocks = page.locator('.timeline-block')
    await blocks.first().waitFor()
    expect(await blocks.count()).toBeLessThan(1600)
    expect(await blocks.count()).toBeGreaterThan(100)
    const failed = page.locator('.timeline-block.outcome-failed')
    expect(await failed.count()).toBe(1)
    await failed.focus()
    await page.keyboard.press('Enter')
    await page.locator('.timeline-inspector').getByText('it broke').waitFor()
    expect(troubles).toEqual([])
  })
})

test('runs that were merged stand below each other, each with its host, its budget and its own clock', async () => {
  const shards = [1, 2].map((shard) =>
    makeRun(out, `20261120T15000000${shard}Z-5a${shard}d`, {
      checks: [
        {
          check: `part-${shard}`,
          needs: { memoryMiB: 512 * shard, cores: 1 },
          attempts: [{ at: 5, seconds: 9 }],
        },
      ],
      info: {
        startedAt: `2026-11-20T1${shard}:00:00.000Z`,
        host: { name: `runner-${shard}`, system: 'x86_64-linux', cores: 4, memoryMiB: 8192 },
        budget: { memoryMiB: 1024 * shard, cores: null, jobs: 2 },
      },
    }),
  )
  const { page } = await openReport(browser(), mergeReports(shards), { fragment: '#timeline' })
  const tracks = page.locator('.timeline-track')
  await expect.poll(() => tracks.count()).toBe(2)
  for (const shard of [1, 2]) {
    const text = await tracks.nth(shard - 1).textContent()
    expect(text).toContain(`5a${shard}d on runner-${shard}`)
    expect(text).toContain(`Memory: at most ${shard === 1 ? '512 MiB' : '1 GiB'} of ${shard} GiB held`)
    expect(text).toContain('Cores: at most 1 held, without a limit')
  }
  await tracks.nth(1).locator('.timeline-block').focus()
  await page.locator('.timeline-inspector').getByText('from 0:05 to 0:14').waitFor()
})

describe('the matrix', () => {
  const open = async () => (await openReport(browser(), pages.sweep)).page
  const sweep = () => sweepOf(pages.sweep)

  test('is what a sweep opens with, and says the same as sweep.json', async () => {
    const page = await open()
    const titles = await page.locator('.matrix-box thead th').allTextContents()
    expect(titles.map((title) => title.replace(' all refer to it', ''))).toEqual(['Check', ...sweepProfiles])
    const { checks, cells } = sweep()
    expect(await page.locator('.matrix-box tbody th').allTextContents()).toEqual(checks)
    const failed = cells.filter(({ outcome }) => outcome === 'failed').length
    expect(await page.locator('.matrix-cell.outcome-failed').count()).toBe(failed)
    const slow = cells.find(({ check, profile }) => check === 'bond-failover' && profile === 'satellite')
    const cell = page.locator('tr', { hasText: 'bond-failover' }).locator('td').nth(4)
    expect(await cell.textContent()).toBe(
      `✓ passed in ${slow?.seconds?.toFixed(1)} s×${slow?.slowdown?.toFixed(1)}`,
    )
  })

  test('is shaded by what the reader chooses, with its scale', async () => {
    const page = await open()
    const darkest = page.locator('.matrix-cell.matrix-shade-4')
    const bySlowdown = await darkest.count()
    expect(bySlowdown).toBeGreaterThan(0)
    await page.getByLabel('Shade by').selectOption('throughput')
    await expect.poll(() => page.locator('.matrix-legend').textContent()).toContain('940 Mbit/s')
    await expect
      .poll(() => darkest.allTextContents())
      .toEqual(Array(3).fill(expect.stringContaining('940 Mbit/s')))
  })

  test('tells what has changed since the sweep before, and can be narrowed to it', async () => {
    const page = await open()
    const { cells, against } = sweep()
    const changes = page.locator('.matrix-changes')
    expect(await changes.textContent()).toContain(`Changes since ${against}`)
    const news = cells.filter(({ change }) => change === 'newly-failing')
    const links = changes.locator('li', { hasText: 'newly failing' }).getByRole('link')
    expect(new Set(await links.evaluateAll((all) => all.map((one) => one.getAttribute('href'))))).toEqual(
      new Set(news.map(({ check, profile }) => `#check/${check}@${encodeURIComponent(profile ?? '')}`)),
    )
    expect(await changes.locator('.matrix-why').allTextContents()).toContain('no answer under delay=100ms')
    expect(await changes.locator('li', { hasText: 'two-nodes @ satellite' }).textContent()).toContain(
      'newly passing',
    )
    await page.getByLabel('Only rows in which something failed or changed').check()
    const rows = page.locator('.matrix-box tbody th')
    await expect.poll(() => rows.allTextContents()).not.toContain('k3s-network')
    expect(await rows.count()).toBeGreaterThan(2)
  })

  test('a cell opens its check; names stay in sight when the box is scrolled', async () => {
    const { page } = await openReport(browser(), pages.sweep, { viewport: { width: 360, height: 640 } })
    const box = page.locator('.matrix-box')
    await box.evaluate((one) => one.scrollTo(5000, 5000))
    const [edge, name] = await box.evaluate((one) => [
      one.getBoundingClientRect().left,
      one.querySelector('tbody th')?.getBoundingClientRect().left ?? -1,
    ])
    expect(Math.abs((edge ?? 0) - (name ?? 0))).toBeLessThan(3)
    await page.locator('.matrix-cell.outcome-failed a').last().click()
    await page.locator('article.check section.failure').waitFor()
  })
})

test('a search shows the range that it found, the attempts at each value and how sure that is', async () => {
  const { page } = await openReport(browser(), pages.search)
  const { results } = readRunJson(pages.search).sweep as SearchReport
  const transfer = results.find(({ check }) => check === 'transfer')
  expect(transfer?.ending.type).toBe('found')
  const section = page.locator('.search-result', { hasText: 'transfer' })
  expect(await section.locator('p').first().textContent()).toContain(
    'stops passing between loss 6.25 % and 7.5 %',
  )
  expect(await section.locator('.search-range').count()).toBe(1)
  expect(await section.locator('tbody tr').count()).toBe(transfer?.points.length)
  expect(await section.locator('tbody').textContent()).toContain('2 of 321–94 %✓ passes')
})

test('a failure is told as news, or since when it is known', async () => {
  const { page } = await openReport(browser(), pages.sweep, { fragment: '#checks' })
  const { cells } = sweepOf(pages.sweep)
  const news = cells.filter(({ change }) => change === 'newly-failing').length
  expect(await page.locator('.ending').textContent()).toContain(`${news} newly failing.`)
  const badges = page.locator('.check-row .badge')
  await expect.poll(() => badges.filter({ hasText: 'newly failing' }).count()).toBe(news)
  expect(await page.locator('.check-row').first().textContent()).toContain('newly failing')
  const known = page.locator('.check-row', { hasText: 'failing for 2 runs' })
  expect(await known.count()).toBe(cells.filter(({ outcome }) => outcome === 'failed').length - news)
  await known.first().getByRole('link').click()
  await page.getByText('fails for 2 runs in a row, since 19 Nov 2026').waitFor()
})

test('history: each check with its past, what needs attention first, and every attempt in words', async () => {
  const { page } = await openReport(browser(), pages.run, { fragment: '#history' })
  const series = page.locator('.trends-series')
  await expect.poll(() => series.count()).toBe(20)
  const network = series.filter({ has: page.getByRole('heading', { name: 'k3s-network', exact: true }) })
  expect(await network.textContent()).toMatch(
    /89 % \(17 of 19; 95 % interval 69–97 %\).*score 0\.\d\d.*Last failure2026-11-20/,
  )
  expect(await network.locator('svg').getAttribute('aria-label')).toMatch(
    /^19 attempts, passes took .* failed$/,
  )
  expect(await network.locator('svg .trends-cross').count()).toBe(2)
  expect(await series.first().textContent()).not.toContain('unit-group')
  await network.getByText('The newest 19 attempts').click()
  await expect.poll(() => network.locator('li').count()).toBe(19)
  await page.getByLabel('Sort by').selectOption('name')
  await expect.poll(() => series.first().locator('h2').textContent()).toBe('bond-failover')
})
