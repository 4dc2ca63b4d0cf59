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
 * What it was for may have come between a try and the look at its provider, so a try is made after the provider has
 * ended, and only when that one failed too is waiting over.
 *
 * @returns a function for each failed try of a wait. It throws RequestedAssertionFailed when what was waited for
 *   cannot come any more
 * @internal
 */
export function watchProvider(
  provider: Provider,
  surroundings: { shell: GuestShell; units: Units; factor: number },
): () => Promise<void> {
  const processEnd = watchProcess(provider, surroundings)
  let hadEnded = false
  return async () => {
    const why = (await unitEnd(provider, surroundings.units)) ?? (await processEnd())
    if (why !== null && hadEnded) {
      throw new RequestedAssertionFailed(`this cannot come any more: ${why.message}`, why.output)
    }
    hadEnded = why !== null
  }
}

/** @returns null while the unit may still provide what is waited for */
async function unitEnd({ unit }: Provider, units: Units): Promise<RequestedAssertionFailed | null> {
  try {
    if (unit !== undefined) await units.demandAlive(unit)
    return null
  } catch (error) {
    if (!(error instanceof RequestedAssertionFailed)) throw error
    return error
  }
}

function watchProcess(
  { process }: Provider,
  { shell, factor }: { shell: GuestShell; factor: number },
): () => Promise<RequestedAssertionFailed | null> {
  const start = performance.now()
  let wasSeen = false
  return async () => {
    if (process === undefined) return null
    const { status } = await shell.run(findProcess(process), startSeconds * factor * 10)
    if (status === 0) wasSeen = true
    const isEarly = !wasSeen && secondsSince(start) <= startSeconds * factor
    if (status === 0 || isEarly) return null
    return new RequestedAssertionFailed(`process ${process} ${wasSeen ? 'has ended' : 'does not run'}`)
  }
}

/** With nothing but the shell: guests have `pidof`, `pgrep` or neither. A zombie has ended. */
function findProcess(name: string): string {
  // 123 (etcd) S 1 123 …
  const found = quote(`(${name.slice(0, nameLength)}) `)
  return `set +e; for one in /proc/[0-9]*/stat; do read -r line 2>/dev/null < "$one" || continue
    case "$line" in *${found}[ZX]*) ;; *${found}*) exit 0 ;; esac; done; exit 1`
}
