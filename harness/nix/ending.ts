import type { NixFailure } from '../log/nix-messages.ts'
import type { AttemptEnd } from '../model/attempt-end.ts'
import type { Realised } from './realise.ts'

/** Words for how a watched build ended. `derivation` is the one that was watched. */
export function endOf(realised: Realised, derivation: string): AttemptEnd {
  if (realised.stopped === 'interrupted') return { type: 'interrupted' }
  if (realised.stopped === 'timeout') return { type: 'timed-out', message: '' }
  if (realised.exit.code === 0) return { type: 'succeeded', outputDiffers: false }
  const failure = decisive(realised.failures, derivation)
  return failure ? endOfFailure(failure, realised) : broken('host', unexplained(realised))
}

/** What is said of the watched derivation counts most; then what broke the host; then the first thing said. */
function decisive(failures: NixFailure[], derivation: string): NixFailure | null {
  const host = failures.find((one) => one.type === 'outOfDisk' || one.type === 'interrupted')
  const own = failures.find((one) => 'derivation' in one && one.derivation === derivation)
  const known = failures.find((one) => one.type !== 'other')
  return host ?? own ?? known ?? failures[0] ?? null
}

function endOfFailure(failure: NixFailure, realised: Realised): AttemptEnd {
  switch (failure.type) {
    case 'notDeterministic':
      return { type: 'succeeded', outputDiffers: true }
    case 'builderFailed':
      return builderFailed(failure, realised)
    case 'timedOut': {
      const setting = failure.ofSilence ? 'max-silent-time' : 'timeout'
      return { type: 'timed-out', message: `Nix stopped it: its setting ${setting} is ${failure.seconds} s` }
    }
    case 'dependencyFailed':
      return broken('build', 'one of its inputs could not be built')
    case 'missingFeatures': {
      const has = failure.available.join(', ') || 'none'
      return broken(
        'host',
        `needs the Nix system features ${failure.required.join(', ')}; this host has ${has}`,
      )
    }
    case 'platformMismatch':
      return broken('host', `is for ${failure.required}, and Nix here builds only for ${failure.available}`)
    case 'localBuildsDisabled':
      return broken('host', 'Nix may not build here: max-jobs is 0, and only local builds can be forced')
    case 'outOfDisk':
      return broken('host', 'the disk of the Nix store or of the build folder is full')
    case 'outOfMemory':
      return broken('host', 'Nix ran out of memory')
    case 'interrupted':
      return { type: 'interrupted' }
    case 'notCheckable':
      return broken('build', 'its earlier output vanished again and again while it was to be rebuilt')
    case 'other':
      return broken(realised.build ? 'host' : 'build', failure.message)
  }
}

/** No test kills its own builder with signal 9; the kernel does when memory runs out. */
function builderFailed(
  { signal, reason }: Extract<NixFailure, { type: 'builderFailed' }>,
  { build }: Realised,
): AttemptEnd {
  if (!build) return broken('build', `one of its inputs could not be built: its builder ${reason}`)
  if (signal === 9) return broken('host', 'the builder was killed (signal 9): the host may be out of memory')
  return { type: 'builder-failed', message: `the builder ${reason}` }
}

function broken(kind: 'build' | 'host', message: string): AttemptEnd {
  return { type: 'broken', kind, message }
}

function unexplained({ exit }: Realised): string {
  return `Nix ended with ${exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`} and no word`
}
