import { plainText } from './nix-text.ts'

/** What Nix said went wrong with a build, recognised in its words from 2.8 to 2.36, Lix included. */
export type NixFailure =
  /** The builder ran and said no. `reason` such as `failed with exit code 1`. */
  | {
      type: 'builderFailed'
      derivation: string
      exitCode: number | null
      signal: number | null
      reason: string
    }
  | { type: 'dependencyFailed'; derivation: string }
  | { type: 'missingFeatures'; required: string[]; available: string[] }
  | { type: 'platformMismatch'; required: string; available: string }
  | { type: 'localBuildsDisabled' }
  /** Nix's own `timeout` or `max-silent-time`. */
  | { type: 'timedOut'; seconds: number; ofSilence: boolean }
  /** The builder finished, and its output is not the one that the store holds. */
  | { type: 'notDeterministic'; derivation: string }
  /** A rebuild was demanded of something that was never built. */
  | { type: 'notCheckable'; derivation: string }
  | { type: 'outOfDisk' }
  | { type: 'outOfMemory' }
  | { type: 'interrupted' }
  | { type: 'other'; message: string }

/** @param text an error message of Nix, escape codes allowed, with or without `error:` in front */
export function recogniseFailure(text: string): NixFailure {
  const plain = withoutPrefix(plainText(text))
  for (const recognise of recognisers) {
    const failure = recognise(plain)
    if (failure) return failure
  }
  return { type: 'other', message: firstLine(plain) }
}

/** Nix appends its guess to the error of the builder; the full disk is the cause, not the test. */
const recognisers: ((text: string) => NixFailure | null)[] = [
  outOfDisk,
  outOfMemory,
  notDeterministic,
  notCheckable,
  timedOut,
  featuresOld,
  featuresNew,
  platformNew,
  localBuildsDisabled,
  dependencyFailed,
  builderFailed,
  interrupted,
]

// note: build failure may have been caused by lack of free disk space
// error: writing to file: No space left on device
function outOfDisk(text: string): NixFailure | null {
  return /lack of free disk space|No space left on device/.test(text) ? { type: 'outOfDisk' } : null
}

// error: out of memory
// GC Warning: Failed to expand heap by 16384 KiB
// terminate called after throwing an instance of 'std::bad_alloc'
function outOfMemory(text: string): NixFailure | null {
  const words = /^out of memory|std::bad_alloc|Too many heap sections|Failed to expand heap|Out of Memory!/im
  return words.test(text) ? { type: 'outOfMemory' } : null
}

// derivation '/nix/store/…-x.drv' may not be deterministic: output '/nix/store/…-x' differs
function notDeterministic(text: string): NixFailure | null {
  const match = /derivation '([^']+)' may not be deterministic/.exec(text)
  return match?.[1] ? { type: 'notDeterministic', derivation: match[1] } : null
}

// some outputs of '/nix/store/…-x.drv' are not valid, so checking is not possible
function notCheckable(text: string): NixFailure | null {
  const match = /some outputs of '([^']+)' are not valid, so checking is not possible/.exec(text)
  return match?.[1] ? { type: 'notCheckable', derivation: match[1] } : null
}

// building of '/nix/store/…-x.drv!out' from .drv file timed out after 2 seconds of silence
function timedOut(text: string): NixFailure | null {
  const match = /timed out after (\d+) seconds( of silence)?/.exec(text)
  return match ? { type: 'timedOut', seconds: Number(match[1]), ofSilence: Boolean(match[2]) } : null
}

// a 'x86_64-linux' with features {kvm} is required to build '…', but I am a 'x86_64-linux' with features {benchmark}
// Required system: 'x86_64-linux' with features {kvm}  (next line:)  Current system: 'x86_64-linux' with features {}
function featuresOld(text: string): NixFailure | null {
  const match =
    /a '([^']+)' with features \{([^}]*)\} is required to build .*but I am a '([^']+)' with features \{([^}]*)\}/s.exec(
      text,
    ) ??
    /Required system: '([^']+)' with features \{([^}]*)\}.*Current system: '([^']+)' with features \{([^}]*)\}/s.exec(
      text,
    )
  if (!match) return null
  const [, required = '', features, available = '', has] = match
  if (required !== available) return { type: 'platformMismatch', required, available }
  return { type: 'missingFeatures', required: wordsOf(features), available: wordsOf(has) }
}

// Reason: missing system features
// Required features: {kvm, nixos-test}
// Available features: {benchmark}
function featuresNew(text: string): NixFailure | null {
  const match = /Required features: \{([^}]*)\}.*Available features: \{([^}]*)\}/s.exec(text)
  return match && { type: 'missingFeatures', required: wordsOf(match[1]), available: wordsOf(match[2]) }
}

// Reason: platform mismatch
// Required system: 'aarch64-linux'
// Current system: 'x86_64-linux'
function platformNew(text: string): NixFailure | null {
  const match = /Required system: '([^']+)'.*Current system: '([^']+)'/s.exec(text)
  return match?.[1] && match[2] ? { type: 'platformMismatch', required: match[1], available: match[2] } : null
}

// unable to start any build; either increase '--max-jobs' or enable remote builds
// Reason: local builds are disabled (max-jobs = 0)
function localBuildsDisabled(text: string): NixFailure | null {
  const words = /unable to start any build|[Ll]ocal builds are disabled/
  return words.test(text) ? { type: 'localBuildsDisabled' } : null
}

// 1 dependencies of derivation '/nix/store/…-x.drv' failed to build
// Cannot build '/nix/store/…-x.drv'.  (next line:)  Reason: 1 dependency failed.
function dependencyFailed(text: string): NixFailure | null {
  const match =
    /\d+ dependenc(?:y|ies) of derivation '([^']+)' failed to build/.exec(text) ??
    /Cannot build '([^']+)'\.\s*Reason: \d+ dependenc(?:y|ies) failed/.exec(text)
  return match?.[1] ? { type: 'dependencyFailed', derivation: match[1] } : null
}

// builder for '/nix/store/…-x.drv' failed with exit code 3
// builder for '/nix/store/…-x.drv' failed due to signal 9 (Killed)
// Cannot build '/nix/store/…-x.drv'.  (next line:)  Reason: builder failed with exit code 3.
function builderFailed(text: string): NixFailure | null {
  const match =
    /builder for '([^']+)' (failed[^;\n]*)/.exec(text) ??
    /Cannot build '([^']+)'\.\s*Reason: builder (failed[^\n]*?)\.?\s*(?:\n|$)/.exec(text)
  const [, derivation, reason] = match ?? []
  if (!derivation || !reason) return null
  return {
    type: 'builderFailed',
    derivation,
    exitCode: numberIn(/exit code (\d+)/, reason),
    signal: numberIn(/signal (\d+)/, reason),
    reason: reason.trim(),
  }
}

// error: interrupted by the user
function interrupted(text: string): NixFailure | null {
  return /^interrupted by the user/m.test(text) ? { type: 'interrupted' } : null
}

function numberIn(pattern: RegExp, text: string): number | null {
  const match = pattern.exec(text)
  return match ? Number(match[1]) : null
}

function wordsOf(list: string | undefined): string[] {
  return (list ?? '').split(/[,\s]+/).filter((word) => word !== '')
}

function withoutPrefix(text: string): string {
  return text.replace(/^\s*error:\s*/, '')
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? ''
}
