import { RequestedAssertionFailed } from '../errors.ts'
import { quote } from '../machine/backdoor.ts'
import type { CommandOutcome, GuestShell } from './guest-shell.ts'
import type { Sight } from './retry.ts'

/** systemd answers at once, or something is very wrong. On the scale of KVM. */
const answerSeconds = 60

/** Which manager is asked: the system's, or that of a user who is logged in. */
export interface UnitOwner {
  user?: string
}

/** What a guest's systemd says of its units. @internal */
export class Units {
  readonly #shell: GuestShell
  readonly #factor: number

  /** @param factor of time limits */
  constructor(shell: GuestShell, factor: number) {
    this.#shell = shell
    this.#factor = factor
  }

  /** Runs `systemctl` with these arguments. */
  systemctl(args: string, owner: UnitOwner = {}): Promise<CommandOutcome> {
    return this.#shell.run(systemctlCommand(args, owner), answerSeconds * this.#factor)
  }

  /** @returns such as `active`. @throws RequestedAssertionFailed when systemctl cannot tell */
  async stateOf(unit: string, owner: UnitOwner = {}): Promise<string> {
    return (await this.#show(unit, owner)).ActiveState ?? ''
  }

  /** One try of a wait for `active`. @throws RequestedAssertionFailed when that cannot come any more */
  async look(unit: string, owner: UnitOwner): Promise<Sight> {
    const { ActiveState: state = '', SubState: sub = '' } = await this.#show(unit, owner)
    if (await this.#isOver(unit, owner, state)) throw await this.#failure(unit, owner, state)
    return { isThere: state === 'active', saw: `its state was "${state}" (${sub})`, output: '' }
  }

  /** @throws RequestedAssertionFailed when the unit has ended, so that nothing can come of it any more */
  async demandAlive(unit: string): Promise<void> {
    const state = await this.stateOf(unit)
    if (await this.#isOver(unit, {}, state)) throw await this.#failure(unit, {}, state)
  }

  async #isOver(unit: string, owner: UnitOwner, state: string): Promise<boolean> {
    if (state === 'failed') return true
    if (state !== 'inactive') return false
    const { output } = await this.systemctl('list-jobs --full 2>&1', owner)
    // Between the two questions it may have been started.
    return output.includes('No jobs') && (await this.stateOf(unit, owner)) === 'inactive'
  }

  async #failure(unit: string, owner: UnitOwner, state: string): Promise<RequestedAssertionFailed> {
    const { output } = await this.systemctl(`status --no-pager --full --lines=20 ${quote(unit)} 2>&1`, owner)
    const why = state === 'failed' ? 'reached state "failed"' : 'is inactive and there are no pending jobs'
    return new RequestedAssertionFailed(`unit "${unit}" ${why}`, output)
  }

  async #show(unit: string, owner: UnitOwner): Promise<Record<string, string>> {
    const question = `show --no-pager --property=ActiveState,SubState ${quote(unit)}`
    const { status, output } = await this.systemctl(question, owner)
    if (status !== 0) {
      const whose = owner.user === undefined ? '' : ` under user "${owner.user}"`
      throw new RequestedAssertionFailed(
        `retrieving systemctl info for unit "${unit}"${whose} failed with exit code ${status}`,
        output,
      )
    }
    const pairs = output.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)])
    return Object.fromEntries(pairs)
  }
}

/** A user's manager is found by the folder that its login made. */
function systemctlCommand(args: string, { user }: UnitOwner): string {
  if (user === undefined) return `systemctl ${args}`
  const command = `XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user ${args}`
  return `su -l ${quote(user)} --shell /bin/sh -c ${quote(command)}`
}
