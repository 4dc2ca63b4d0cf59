import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageAsset } from '../reporters/html/document.ts'

/** The program and the style of the HTML report. @param programFolder holds this build of vmproof @throws as node:fs does */
export function readPageAsset(programFolder: string): PageAsset {
  return JSON.parse(readFileSync(join(programFolder, 'page.json'), 'utf8')) as PageAsset
}
