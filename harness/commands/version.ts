import { createRequire } from 'node:module'

/** Of the package: both the sources in harness/commands and the bundle in dist/<key> are two folders deep in it. */
export const version: string = createRequire(import.meta.url)('../../package.json').version
