import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout that is tested. */
export const projectRoot = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
