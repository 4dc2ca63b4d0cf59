import type { Labels } from './labels.ts'
import type { QuarantineEntry } from './quarantine.ts'
import type { RunDefaults } from './run-defaults.ts'

/** What a project may say about checks whose name matches a glob; later entries win, tags add up. */
export interface CheckOverride {
  match: string
  tags: string[]
  /** Overrides the recognition of VM tests. */
  vmTest: boolean | null
  /** For checks that do not tell their nodes. */
  memoryMiB: number | null
  cores: number | null
  timeoutSeconds: number | null
}

/** Checks that belong together, and what that means for running them. */
export interface Group {
  name: string
  /** Names and globs. */
  checks: string[]
  /** Groups below: when one of their checks does not pass, these are not started. */
  needs: string[]
  /** So many of its checks run at once; null: as many as the budget holds. */
  max: number | null
  /** While one of its checks runs, nothing else does. */
  exclusive: boolean
}

/** `vmproof.config.toml`, `.json` or `.ts`, its sections laid over it, with every default filled in. */
export interface Config {
  /** Folder of the file, or of the command when there is none; relative paths start here. */
  folder: string
  flake: string | null
  file: string | null
  attr: string | null
  /** Folders of suites of the built-in driver; null: `suites/vm`, where there is one. */
  suites: string[] | null
  /** Folders of profiles; null: `profiles`, where there is one, else those that come with vmproof. */
  profiles: string[] | null
  /** Folder of the history; null: `history` below the folder of all runs. */
  history: string | null
  /** Applies when the command line names neither a check nor a tag. */
  select: { tags: string[]; notTags: string[] }
  /** Defaults for options of `run`. */
  run: Partial<RunDefaults>
  checks: CheckOverride[]
  quarantine: QuarantineEntry[]
  groups: Group[]
  /** null: nothing is said about runners. */
  labels: Labels | null
  nix: {
    /** Passed to every Nix command as `--option NAME VALUE`. */
    options: Record<string, string>
    /** Bound for one evaluation; a NixOS test takes 1 to 2 GB. */
    evaluationMemoryMiB: number
  }
}

/** What holds without a configuration file. @param folder that relative paths start from */
export function defaultConfig(folder: string): Config {
  return {
    folder,
    flake: null,
    file: null,
    attr: null,
    suites: null,
    profiles: null,
    history: null,
    select: { tags: [], notTags: [] },
    run: {},
    checks: [],
    quarantine: [],
    groups: [],
    labels: null,
    nix: { options: {}, evaluationMemoryMiB: 4096 },
  }
}
