import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'
import { openReport, sharedBrowser } from './browser.ts'
import { readRunJson } from './reports.ts'

const browser = sharedBrowser()
/** Guests are made once for all tests, and for the user. */
const userCache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

test('a run of real VMs leaves a page that shows them: when they ran, why one failed, what its console said', async () => {
  const boots = suite(
    'boots',
    `nodes: { machine: {} }, timeout: '1m'`,
    `await context.machine.succeed('true')`,
  )
  const breaks = suite(
    'breaks',
    `nodes: { machine: {} }, timeout: '1m'`,
    `await context.machine.execute('echo "<b>told on the console</b>" > /dev/kmsg')
    await context.machine.succeed('echo "<i>the answer</i>"; exit 3')`,
  )
  const folder = suiteProject({ 'boots.ts': boots, 'breaks.ts': breaks })
  const { code, stderr } = await vmproof(['run', '--report', 'html,json'], folder, userCache)
  expect(code, stderr).toBe(1)
  const file = join(folder, 'reports/latest/index.html')
  const { page, troubles } = await openReport(browser(), file)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('1 of 2 checks failed')
  await page.getByRole('link', { name: 'breaks' }).click()
  const failure = page.locator('section.failure')
  await failure.getByText('<i>the answer</i>').first().waitFor()
  await failure.getByText('<b>told on the console</b>').first().waitFor()
  await page.goBack()
  await page.getByRole('link', { name: 'Timeline' }).click()
  await expect.poll(() => page.locator('.timeline-block').count()).toBe(2)
  expect(await page.locator('.timeline').textContent()).toMatch(/Memory: at most .* held/)
  const { run, checks } = readRunJson(file)
  expect(run.budget?.memoryMiB).toBeGreaterThan(0)
  for (const { needs, startedAt, endedAt, stages } of checks) {
    expect(needs?.memoryMiB).toBeGreaterThan(0)
    expect(Date.parse(endedAt ?? '')).toBeGreaterThan(Date.parse(startedAt ?? ''))
    expect(stages.map(({ stage }) => stage)).toEqual(['realising-inputs', 'running'])
  }
  await page.getByRole('link', { name: 'History' }).click()
  await expect.poll(() => page.locator('.trends-series').count()).toBe(2)
  expect(troubles).toEqual([])
})

test('a page made again from the journal is the one that the run left', async () => {
  const folder = suiteProject({
    'boots.ts': suite('boots', `nodes: { machine: {} }`, `await context.machine.succeed('true')`),
  })
  await vmproof(['run', '--report', 'html,json'], folder, userCache)
  const data = async () => {
    const { page } = await openReport(browser(), join(folder, 'reports/latest/index.html'))
    return page.evaluate(() => document.getElementById('page-data')?.textContent)
  }
  const live = await data()
  const { code } = await vmproof(['report', '--report', 'html,json'], folder)
  expect(code).toBe(0)
  expect(await data()).toBe(live)
})
