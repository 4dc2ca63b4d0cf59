import { type CheckDetails, elementIds, type LogIndex, type PageData } from '../../page/data.ts'
import { embeddedJson, escapedText } from './embedded-json.ts'

/** The page's program and style as they are built, with the SHA-256 of each in base64. */
export interface PageAsset {
  script: string
  scriptHash: string
  style: string
  styleHash: string
}

/** A part of a log; its index comes last. */
export type LogPiece =
  /** Compressed with gzip, in base64. */
  { type: 'segment'; segment: number; content: string } | { type: 'index'; index: LogIndex }

/** All that goes into the page. */
export interface HtmlPage {
  asset: PageAsset
  title: string
  data: PageData
  /** One for each check of `data`, made when its turn comes. */
  details: Iterable<CheckDetails>
  /** Logs in the order of their numbers. */
  logs: Iterable<AsyncIterable<LogPiece>>
}

/**
 * index.html piece by piece, so that no log is ever held whole. Data stands in script elements that are no scripts, in
 * the order in which it is wanted: what the first view shows comes before the program, logs come last.
 */
export async function* htmlDocument({ asset, title, data, details, logs }: HtmlPage): AsyncGenerator<string> {
  yield head(asset, title)
  yield dataElement(elementIds.page, embeddedJson(data))
  yield `<script>${asset.script}</script>\n`
  let n = 0
  for (const one of details) yield dataElement(elementIds.check(n++), embeddedJson(one))
  let l = 0
  for (const log of logs) {
    for await (const piece of log) yield logElement(l, piece)
    l++
  }
  yield '</body>\n</html>\n'
}

function logElement(log: number, piece: LogPiece): string {
  switch (piece.type) {
    case 'segment':
      return `<script type="text/plain" id="${elementIds.segment(log, piece.segment)}">${piece.content}</script>\n`
    case 'index':
      return dataElement(elementIds.log(log), embeddedJson(piece.index))
  }
}

function dataElement(id: string, json: string): string {
  return `<script type="application/json" id="${id}">${json}</script>\n`
}

function head(asset: PageAsset, title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(asset)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapedText(title)}</title>
<style>${asset.style}</style>
</head>
<body>
<div id="app"><noscript>This report is drawn by a script that stands in this file. Without it, junit.xml and run.json beside it say the same.</noscript></div>
`
}

/**
 * Nothing is loaded but images beside the page, and nothing runs but the page's own program, known by its hash: not even
 * markup that found a way in would come alive. Browsers do not count files of the same folder as `'self'`.
 */
function policy({ scriptHash, styleHash }: PageAsset): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${styleHash}'`,
    "img-src 'self' file: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
