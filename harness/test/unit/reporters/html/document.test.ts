import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { PageData } from '../../../../page/data.ts'
import { type HtmlPage, htmlDocument, type LogPiece } from '../../../../reporters/html/document.ts'
import { embeddedJson, escapedText } from '../../../../reporters/html/embedded-json.ts'
import { pageDataOf } from '../../../../reporters/html/page-data.ts'
import { check } from '../junit-samples.ts'
import { reportOf } from '../replay.ts'
import { wholeRun } from '../story.ts'

const script = 'document.title'
const style = 'p{color:red}'
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64')
const asset = { script, scriptHash: hashOf(script), style, styleHash: hashOf(style) }

const dangerous = '</script><script>alert(1)</script><!-- <script> "&'

async function* pieces(...all: LogPiece[]): AsyncGenerator<LogPiece> {
  yield* all
}

async function written(facts: Partial<HtmlPage> = {}): Promise<string> {
  const report = reportOf(wholeRun)
  const data: PageData = pageDataOf(report, { history: [], logs: () => [], program: 'vmproof' })
  let text = ''
  for await (const piece of htmlDocument({ asset, title: 'run', data, details: [], logs: [], ...facts }))
    text += piece
  return text
}

/** The text of the element with an id. */
const contentOf = (html: string, id: string) =>
  new RegExp(`<script type="[^"]*" id="${id}">(.*?)</script>`, 's').exec(html)?.[1]

describe('data in the page', () => {
  test('ends no element and begins none', () => {
    const json = embeddedJson({ text: dangerous })
    expect(json).not.toContain('<')
    expect(JSON.parse(json)).toEqual({ text: dangerous })
  })

  test('moves no cursor and turns no letters around', () => {
    const text = 'a\u202eb\x1b[2Jc\ud800\u2028'
    expect(JSON.parse(embeddedJson({ text }))).toEqual({ text: 'abc\ufffd' })
  })

  test('a title is text', () => {
    expect(escapedText('</title>"&')).toBe('&lt;/title>&quot;&amp;')
  })

  test('comes back as it was, whatever the guests have printed', async () => {
    const report = { ...reportOf(wholeRun), checks: [check({ name: dangerous, notes: [dangerous] })] }
    const data = pageDataOf(report, { history: [], logs: () => [], program: dangerous })
    const html = await written({ data, title: dangerous })
    expect(JSON.parse(contentOf(html, 'page-data') ?? '')).toEqual(JSON.parse(JSON.stringify(data)))
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html).not.toContain('<!--')
  })

  test('what is wanted first stands first, logs last with their index behind them', async () => {
    const index = { bytes: 3, lines: 1, segments: [{ line: 1, lines: 1, embedded: true }] }
    const html = await written({
      details: [
        {
          assertions: [],
          consoles: [],
          details: [],
          diagnosis: [],
          symptoms: [],
          metrics: [],
          attachments: [],
        },
      ],
      logs: [pieces({ type: 'segment', segment: 0, content: 'H4sI' }, { type: 'index', index })],
    })
    const order = [
      '<style>',
      'id="page-data"',
      `<script>${script}</script>`,
      'id="check-0"',
      'id="log-0-0"',
      'id="log-0"',
    ]
    expect(order.map((part) => html.indexOf(part)).toSorted((a, b) => a - b)).toEqual(
      order.map((part) => html.indexOf(part)),
    )
    expect(html.indexOf('<style>')).toBeGreaterThan(0)
    expect(contentOf(html, 'log-0-0')).toBe('H4sI')
    expect(JSON.parse(contentOf(html, 'log-0') ?? '')).toEqual(index)
  })
})

describe('the policy', () => {
  test('allows the program and the style that stand in the page, and nothing else', async () => {
    const html = await written()
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
    const directives = Object.fromEntries(
      policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]),
    )
    const inPage = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? ''
    const styleInPage = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
    expect(directives).toEqual({
      'default-src': ["'none'"],
      'script-src': [`'sha256-${hashOf(inPage)}'`],
      'style-src': [`'sha256-${hashOf(styleInPage)}'`],
      'img-src': ["'self'", 'file:', 'data:'],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
    })
  })

  test('stands before everything that it is about', async () => {
    const html = await written()
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<link'))
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<style'))
  })
})
