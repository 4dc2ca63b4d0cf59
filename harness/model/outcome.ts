/** How an attempt ended. `failed`: an assertion did not hold. `errored`: the infrastructure broke. */
export type Outcome = 'passed' | 'failed' | 'errored' | 'timed-out' | 'interrupted' | 'skipped' | 'unknown'

/** `unfinished`: started, and the script stopped before it ended, without it being the cause. */
export type AssertionOutcome = 'passed' | 'failed' | 'errored' | 'unfinished'

/** How we know that an attempt ran. Only `executed` may count as passed. */
export type Execution = 'executed' | 'cached' | 'substituted' | 'unknown'

/** What executes a guest's instructions: hardware (Linux, macOS) or translation. */
export type Accelerator = 'kvm' | 'tcg' | 'hvf'

/** What a run may be asked for (`--accel`). */
export type AcceleratorChoice = 'auto' | 'kvm' | 'tcg'

/** What asked a run to end; a closed terminal counts as SIGTERM. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** `nixos`: built by Nix. `vm`: run by the built-in driver. */
export type CheckKind = 'nixos' | 'vm'
