import { describe, expect, test } from 'vitest'
import type { Assertion } from '../../../../model/assertion.ts'
import type { CheckReport, RunReport } from '../../../../model/report.ts'
import { bytesOf, codeBlock, codeSpan } from '../../../../reporters/github/markdown.ts'
import { formatOutputs } from '../../../../reporters/github/outputs.ts'
import { formatStepSummary } from '../../../../reporters/github/step-summary.ts'
import { matrixReportOf } from '../../../../sweep/matrix.ts'
import { hostileLines } from '../../../helpers/github-runner.ts'
import { cell, runOf } from '../../sweep/cells.ts'
import { reportOf } from '../replay.ts'
import { wholeRun } from '../story.ts'

const whole = reportOf(wholeRun)
const failed = whole.checks.find(({ outcome }) => outcome === 'failed') as CheckReport
const options = { bytes: 900 * 1024, folder: 'reports/r1', program: 'npx vmproof' }

const hostile = [
  ...hostileLines,
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</code></pre></table>',
  '![x](https://evil.example/x.png)',
  '[click](javascript:alert(1))',
  '@octocat please look, and #1, and me@evil.example',
  'https://evil.example www.evil.example',
  '```\n# out of the fence\n```',
  '~~~\n# out\n~~~',
  '``` `` ````',
  '| a | b |\n|---|---|',
  '`',
  '\\`',
  '&lt;b&gt; &#64;octocat',
  '<!-- ',
  '- [ ] task',
  '$E=mc^2$',
  ':tada:',
]

test('the failures stand before everything else', () => {
  const text = formatStepSummary(whole, options)
  const headings = text.split('\n').filter((line) => /^#{2,3} /.test(line))
  expect(headings).toEqual([
    '## ❌ 8 checks: 1 failed, 1 timed out, 2 errored, 2 skipped, 2 passed (1 flaky)',
    '### ✗ ` k3s-network@lossy ` failed',
    '### ✗ ` k3s-bond-failover ` timed out',
    '### ! ` network-resilience ` errored',
    '### ! ` k3s-vlan-negative ` errored',
    '### Checks',
    '### Slowest assertions',
    '### Flaky: passed at last',
    '### Skipped',
  ])
})

test('a failure is told with message, output, script line, console, how to run it again and its log', () => {
  const text = formatStepSummary({ ...whole, checks: [failed] }, options)
  for (const said of [
    'command `kubectl get nodes --no-headers | grep -c Ready | grep -qx 2` failed (exit code 1)',
    '  │ agent-1   NotReady   <none>   12s',
    '  │ line 57, in <module>: server_1.succeed(join_check)',
    '` npx vmproof run --accel tcg --profile lossy k3s-network `',
    '` reports/r1/k3s-network@lossy/attempt-1/driver.log `',
  ]) {
    expect(text).toContain(said)
  }
})

describe('foreign text is inert', () => {
  test.each(hostile)('%j', (text) => {
    const evil: CheckReport = {
      ...failed,
      name: text,
      profile: text,
      reason: text,
      accelerator: text as CheckReport['accelerator'],
      failure: failed.failure && { ...failed.failure, message: text, traceback: [text] },
      details: [text],
      consoles: [{ node: text, lines: [text] }],
      notes: [text],
      assertions: failed.assertions.map((one) => ({ ...one, text, output: text, seconds: 9, phase: text })),
      quarantine: {
        check: text,
        assertion: null,
        tracker: text,
        until: '2027-01-31',
      } as CheckReport['quarantine'],
    }
    const checks = [
      evil,
      { ...evil, outcome: 'skipped' as const },
      { ...evil, outcome: 'passed' as const, flaky: true },
    ]
    const summary = formatStepSummary({ ...whole, checks }, { ...options, folder: text })
    expect(outsideOfCode(summary)).not.toMatch(
      /[@[\]*\\~|$&]|https?:|www|octocat|evil|<(?!\/?(?:table|tr|th|td)>)|alert|error::/,
    )
  })

  test('what stands in code is what was said', () => {
    expect(codeSpan('a`b``c')).toBe('``` a`b``c ```')
    expect(codeSpan('`')).toBe('`` ` ``')
    expect(codeSpan('')).toBe('')
    expect(codeBlock(['a', '````', 'b'])).toEqual(['`````text', 'a', '````', 'b', '`````'])
  })
})

describe('its size', () => {
  const long = 'x'.repeat(16 * 1024)
  const big: CheckReport = {
    ...failed,
    details: [long, long, long],
    assertions: Array.from({ length: 50 }, () => ({
      ...(failed.assertions[0] as Assertion),
      seconds: 5,
      text: long,
    })),
  }
  const checks = (count: number): CheckReport[] =>
    Array.from({ length: count }, (_, at) => ({ ...big, name: `check-${at}`, flaky: true, notes: [long] }))

  test.each([10, 300, 3000])('%i failures stay under its bound, and what is left out is counted', (count) => {
    const text = formatStepSummary({ ...whole, checks: checks(count) }, options)
    expect(bytesOf(text)).toBeLessThanOrEqual(options.bytes)
    expect(text).toMatch(/^### Checks$/m)
    if (count > 100) expect(text).toMatch(/^\d+ more are in the reports\.$/m)
  })

  test('characters of several bytes count as such', () => {
    const wide = checks(500).map((check) => ({ ...check, details: ['語'.repeat(20_000)] }))
    const text = formatStepSummary({ ...whole, checks: wide }, options)
    expect(bytesOf(text)).toBeLessThanOrEqual(options.bytes)
  })
})

test('a sweep shows its matrix', () => {
  const run = runOf(20, [cell('alpha@baseline', 'passed', { seconds: 12.2 }), cell('alpha@lossy', 'failed')])
  const sweep = matrixReportOf(run, ['baseline', 'lossy'], { before: null, history: [] })
  const text = formatStepSummary({ ...run, sweep }, options)
  expect(text).toMatch(/^### Sweep\n\n```text\nCHECK {2}baseline {2}lossy\nalpha {2}✓ 12.2 s {2}✗ failed\n/m)
})

test('outputs are counts and one word for how it went, each on a line of its own', () => {
  const text = formatOutputs(whole, 'reports/r1')
  expect(text).toBe(
    [
      'outcome=failed',
      'exit-code=1',
      'checks=8',
      'passed=2',
      'failed=2',
      'errored=2',
      'skipped=2',
      'flaky=1',
      'quarantined=0',
      `run=${whole.run.id}`,
      'folder=reports/r1',
      '',
    ].join('\n'),
  )
})

test('no folder makes an output of its own', () => {
  const text = formatOutputs(whole, 'a\nsecret=1\r\nother=2')
  expect(text.split('\n').filter((line) => /^(secret|other)=/.test(line))).toEqual([])
})

/** By the rules of CommonMark and HTML: without fenced blocks, spans and elements of code. */
function outsideOfCode(markdown: string): string {
  const left: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const marker = /^ {0,3}(`{3,})([^`]*)$/.exec(line)
    if (fence === null && marker) fence = marker[1] ?? ''
    else if (
      fence !== null &&
      marker &&
      (marker[1] ?? '').length >= fence.length &&
      marker[2]?.trim() === ''
    ) {
      fence = null
    } else if (fence === null) left.push(line)
  }
  expect(fence, 'every fence is closed').toBeNull()
  return left
    .join('\n')
    .replace(/<code>[^<]*<\/code>/g, '')
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
}

test('a run in which nothing went wrong says so', () => {
  const passed = whole.checks.filter(({ outcome, flaky }) => outcome === 'passed' && !flaky)
  const report: RunReport = { ...whole, run: { ...whole.run, exitCode: 0 }, checks: passed }
  expect(formatStepSummary(report, options)).toMatch(/^## ✅ 1 check: 1 passed\n/)
})

test('a run that ended otherwise says so, although nothing of it failed', () => {
  const passed = whole.checks.filter(({ outcome, flaky }) => outcome === 'passed' && !flaky)
  const text = formatStepSummary({ ...whole, run: { ...whole.run, exitCode: 5 }, checks: passed }, options)
  expect(text).toMatch(/^## ❌ 1 check: 1 passed\n/)
  expect(text).toContain('**Exit code 5: nothing failed, but')
})
