/** One command for a guest. */
export interface ShellCommand {
  command: string
  /** null: no limit. */
  timeoutSeconds: number | null
  /** Its standard input; null: empty. */
  input: Uint8Array | null
}

/** Status of a command whose time was over: coreutils' timeout(1). */
export const timedOutStatus = 124

/** What a command in the guest came to. */
export interface CommandResult {
  /** Exit status of the command in the guest, 0 to 255; 124 when its time was over. */
  status: number
  /** Its standard output, byte by byte. */
  output: Buffer
}

/** A way to run commands in a guest, one after the other. */
export interface Shell {
  /** @throws BrokenPipeError when the node dies before the answer */
  execute(command: ShellCommand): Promise<CommandResult>
}
