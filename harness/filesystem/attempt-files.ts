import { join } from 'node:path'
import type { AttemptFiles } from '../run/ports.ts'
import { safeFileName } from './file-names.ts'
import { GrowingFile, type GrowingFileOptions } from './growing-file.ts'

/** Console lines are many and short, so they are gathered; the raw log has them at once. */
const consoleBuffer = 16 * 1024

/** A guest can print lines in the name of nodes that do not exist; each file takes a descriptor. */
const mostConsoles = 64

interface Losses extends Pick<GrowingFileOptions, 'onFailure'> {
  /** Something could not be written and is gone. */
  onLoss(): void
}

/** `driver.log` with the bytes as received, and `<node>.console.txt` with the rendered lines. */
export function createAttemptFiles(
  folder: string,
  losses: Losses,
): Pick<AttemptFiles, 'log' | 'console' | 'close'> {
  const open = (name: string) =>
    new GrowingFile(join(folder, name), { keepUnwritten: false, onFailure: losses.onFailure })
  const log = open('driver.log')
  // It is there for every attempt, also for one that printed nothing: reports name it.
  log.append(new Uint8Array())
  const consoles = new Map<string, { file: GrowingFile; text: string }>()
  const consoleOf = (node: string) => {
    const known = consoles.get(node)
    if (known || consoles.size >= mostConsoles) return known
    const added = { file: open(`${safeFileName(node)}.console.txt`), text: '' }
    consoles.set(node, added)
    return added
  }
  return {
    log: (bytes) => log.append(bytes),
    console: (node, text) => {
      const one = consoleOf(node)
      if (!one) return
      one.text += `${text}\n`
      if (one.text.length >= consoleBuffer) flush(one)
    },
    close: () => {
      for (const one of consoles.values()) flush(one)
      const files = [log, ...[...consoles.values()].map(({ file }) => file)]
      for (const file of files) file.close()
      if (files.some((file) => !file.complete)) losses.onLoss()
    },
  }
}

function flush(one: { file: GrowingFile; text: string }): void {
  if (one.text !== '') one.file.append(Buffer.from(one.text))
  one.text = ''
}
