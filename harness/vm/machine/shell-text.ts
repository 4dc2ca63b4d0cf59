import { shellWord } from '../../model/shell-word.ts'

/**
 * What the driver says to the guest's shells: text for any POSIX shell with `local` (bash, busybox's, dash), as
 * one guest has this and the next has that.
 *
 * The shell that greets on the backdoor looks for the worker's port. Where there is one, it goes on as the
 * supervisor: a fresh shell, the worker, runs the commands on that port, which loses nothing and changes nothing,
 * and is replaced when a command ends it. A fork of the greeting shell stays behind on the backdoor's own channel,
 * the control shell: it ends a command whose time is over.
 */

/** Name of the virtio port for commands and their output. */
export const workerPort = 'vmproof.worker'

/** What the guest's backdoor service says when its shell is there: NixOS's words. */
export const greeting = /Spawning backdoor root shell\.\.\.\r?\n/

/** Splits the guest's own shell from the protocol: commands cannot guess it. */
export type Token = string

/**
 * For the shell that has greeted. Says `TOKEN launched` when a worker will answer on the port, `TOKEN alone` when
 * there is none.
 */
export function launchText(token: Token): string {
  return `vmproof_port=
for vmproof_try in 1 2 3 4 5 6 7 8 9 10; do
  for vmproof_entry in /sys/class/virtio-ports/*; do
    read -r vmproof_name 2> /dev/null < "$vmproof_entry/name" || continue
    [ "$vmproof_name" != ${workerPort} ] || vmproof_port=/dev/\${vmproof_entry##*/}
  done
  [ -z "$vmproof_port" ] && [ -d /sys/class/virtio-ports ] || break
  sleep 0.1
done
vmproof_shell=$(command -v bash || { command -v busybox > /dev/null && echo busybox sh; } || echo sh)
vmproof_below() {
  local file child children
  for file in /proc/$1/task/*/children; do
    read -r children 2> /dev/null < "$file"
    for child in $children; do
      [ "$1" = $$ ] || vmproof_list="$vmproof_list $child"
      vmproof_below "$child"
    done
  done
}
vmproof_end() { vmproof_list=; vmproof_below $$; kill "-$1" $vmproof_list; }
if [ -c "$vmproof_port" ]; then
  exec 3<&0 4>&1
  while read -r vmproof_line; do eval "$vmproof_line"; done <&3 2> /dev/null &
  echo "${token} launched"
  exec <> "$vmproof_port" >&0 3<&- 4>&-
  while :; do $vmproof_shell; printf '${token} ended %d\\n' $?; done
else
  echo "${token} alone"
fi
`
}

/** For the control shell: sends a signal to whatever the worker has started. */
export function endLine(signal: 'TERM' | 'KILL'): string {
  return `vmproof_end ${signal}\n`
}

/**
 * For a fresh worker; says `TOKEN primed bash` or `TOKEN primed sh`. Afterwards it knows `vmproof`, which runs one
 * command, and says `TOKEN STATUS` behind the command's output.
 *
 * A command runs in a subshell, which costs a fork and no start of a program. Its output goes through a pipe, as
 * under the NixOS driver: the answer is complete when the last process that holds it has let go. bash copies a
 * short output itself, because starting a dynamically linked `cat` takes longer than all the rest; it drops NULs
 * from what it reads, so they are used as line ends and put back.
 */
export function primeText(token: Token): string {
  return `set -o pipefail
vmproof_copy() {
  trap '' TERM
  [ -n "$BASH_VERSION" ] || exec cat
  local IFS= LC_ALL=C text count=0
  while read -r -d '' -n 1000 text; do
    if [ \${#text} -eq 1000 ]; then printf %s "$text"; exec cat; fi
    printf '%s\\0' "$text"
    count=$((count + 1))
    [ $count -lt 50 ] || exec cat
  done
  printf %s "$text"
}
vmproof_answer() { printf '${token} %d\\n' $?; }
vmproof() {
  if [ -n "$BASH_VERSION" ]; then IFS= LC_ALL=C read -r -N "$1" vmproof_command; else vmproof_command=$1; fi
  shift
  ( set -euo pipefail; eval "$vmproof_command" ) < /dev/null | vmproof_copy
  vmproof_answer
}
vmproof_fed() {
  vmproof_command=$1
  vmproof_size=$2
  shift 2
  echo "${token} feed"
  head -c "$vmproof_size" | {
    ( set -euo pipefail; eval "$vmproof_command" )
    vmproof_status=$?
    cat > /dev/null
    exit $vmproof_status
  } | vmproof_copy
  vmproof_answer
}
[ -n "$BASH_VERSION" ] && echo "${token} primed bash" || echo "${token} primed sh"
`
}

/** For a primed worker. bash reads its commands byte by byte, but a number of characters at once. */
export function workerCommand(command: string, shell: 'bash' | 'sh'): string {
  // bash asks the port even for no bytes, and would wait for one.
  const script = command === '' ? ':' : withOwnShell(command, shell)
  return shell === 'bash'
    ? `vmproof ${Buffer.byteLength(script)}\n${script}`
    : `vmproof ${shellWord(script)}\n`
}

/** For a primed worker: asks for `size` bytes of standard input by saying `TOKEN feed`. */
export function fedCommand(command: string, size: number): string {
  return `vmproof_fed ${shellWord(command)} ${size}\n`
}

/** A process id of its own, for `echo $$ > …/cgroup.procs` and `kill $$`: in a subshell it is the worker's. */
const asksForItsPid = /\$\$|\$\{\$\}|\bPPID\b/
/** Linux takes no argument longer than 128 KiB. */
const longestArgument = 120_000

function withOwnShell(command: string, shell: string): string {
  if (!asksForItsPid.test(command) || Buffer.byteLength(command) > longestArgument) return command
  const program = shell === 'bash' ? 'bash' : '$(command -v busybox > /dev/null && echo busybox) sh'
  return `exec ${program} -c ${shellWord(`set -euo pipefail; ${command}`)}`
}

/**
 * For a shell that has no worker, on a console, which changes bytes that are not text and loses some when it must:
 * the output comes back in base64 in one line, the status in it between two tokens, before what the command's own
 * background processes wrote after its end; then the line's length.
 */
export function consoleCommand(command: string, timeoutSeconds: number | null, token: Token): string {
  const script = `set -euo pipefail; ${command}`
  // busybox knows no fractions here.
  const limit = timeoutSeconds === null ? '' : `timeout ${Math.max(1, Math.ceil(timeoutSeconds))} `
  const run =
    Buffer.byteLength(script) > longestArgument
      ? `( eval ${shellWord(script)} )`
      : `${limit}$(command -v bash || echo sh) -c ${shellWord(script)}`
  const encoded = `( ${run} < /dev/null; printf '${token}%d${token}' $? ) | base64 -w 0`
  return `{ ${encoded} | tee /proc/self/fd/3 | echo " $(wc -c)"; } 3>&1\n`
}
