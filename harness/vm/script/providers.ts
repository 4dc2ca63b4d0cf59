import { performance } from 'node:perf_hooks'
import { secondsSince } from '../elapsed.ts'
import { RequestedAssertionFailed } from '../errors.ts'
import { quote } from '../machine/backdoor.ts'
import type { GuestShell } from './guest-shell.ts'
import type { Units } from './units.ts'

/** What must live for something to appear, so that waiting ends when it has ended. */
export interface Provider {
  /** A systemd unit, such as `etcd.service`. */
  unit?: string
  /** A program by its name, as `ps` shows it. */
  process?: string
}

/** A program that was just started in the background may not be seen yet. On the scale of KVM. */
const startSeconds = 3
/** The kernel keeps so many characters of a program's name. */
const nameLength = 15

/**
 * @returns a function for each failed try of a wait. It throws RequestedAssertionFailed when what was waited for
 *   cannot come any more
 * @internal
 */
export function watchProvider(
  { unit, process }: Provider,
  { shell, units, factor }: { shell: GuestShell; units: Units; factor: number },
): () => Promise<void> {
  const start = performance.now()
  let wasSeen = false
  return async () => {
    if (unit !== undefined) await units.demandAlive(unit).catch(asEndOfWait)
    if (process === undefined) return
    const { status } = await shell.run(findProcess(process), startSeconds * factor * 10)
    if (status === 0) wasSeen = true
    else if (wasSeen || secondsSince(start) > startSeconds * factor) {
      const what = wasSeen ? 'has ended' : 'does not run'
      throw new RequestedAssertionFailed(`this cannot come any more: process ${process} ${what}`)
    }
  }
}

function asEndOfWait(error: unknown): never {
  if (!(error instanceof RequestedAssertionFailed)) throw error
  throw new RequestedAssertionFailed(`this cannot come any more: ${error.message}`, error.output)
}

/** With nothing but the shell: guests have `pidof`, `pgrep` or neither. A zombie has ended. */
function findProcess(name: string): string {
  // 123 (etcd) S 1 123 …
  const found = quote(`(${name.slice(0, nameLength)}) `)
  return `set +e; for one in /proc/[0-9]*/stat; do read -r line 2>/dev/null < "$one" || continue
    case "$line" in *${found}[ZX]*) ;; *${found}*) exit 0 ;; esac; done; exit 1`
}
