import { basename, join } from 'node:path'
import { RequestedAssertionFailed } from '../errors.ts'
import { quote } from '../machine/backdoor.ts'
import { addressesOf } from '../test-config.ts'
import { waitForConsole } from './console-wait.ts'
import { copyToGuest } from './copy-to-guest.ts'
import { copyToHost } from './copy-to-host.ts'
import { Demands, type NodeSetup } from './demands.ts'
import type { TimeLimit } from './limits.ts'
import { ifClosed, ifOpen } from './port-commands.ts'
import type { Provider } from './providers.ts'
import type { UnitOwner } from './units.ts'

/** One command or several, and behind them how long each may take. */
export type Commands = [...commands: string[], limit: TimeLimit] | string[]

/**
 * One VM as a test script sees it: the methods of NixOS's machines, in this language's spelling. A node that was not
 * started starts when something is first asked of it. Every wait ends at once when the node dies.
 */
export class VmNode {
  readonly name: string
  readonly #setup: NodeSetup
  readonly #demands: Demands

  /** @internal */
  constructor(name: string, setup: NodeSetup) {
    this.name = name
    this.#setup = setup
    this.#demands = new Demands(name, setup)
  }

  /** Process id of this node's QEMU, while it runs. */
  get pid(): number | undefined {
    return this.#setup.machine.pid
  }

  /**
   * Its IP address, such as `192.168.1.2`.
   * @param vlan default: that of its first card. @throws when it has no card there
   */
  address(vlan?: number): string {
    const cards = addressesOf(this.#setup.config.nodes).filter(({ node }) => node === this.name)
    const card = cards.find((one) => one.ip !== null && (vlan === undefined || one.vlan === vlan))
    if (!card?.ip) throw new Error(`${this.name} is not plugged into ${vlan ? `vlan ${vlan}` : 'any vlan'}`)
    return card.ip
  }

  /** Starts QEMU and returns at once; the first command waits until the guest has booted. */
  async start(): Promise<void> {
    this.#setup.log.checkOpen()
    await this.#demands.shell.start()
  }

  /** Each command must exit with 0. Standard error goes to the console. @returns their standard output, joined */
  succeed(...commands: Commands): Promise<string> {
    return this.#demands.ofCommands('succeed', commands)
  }

  /** Each command must exit with something else than 0, in time. @returns their standard output, joined */
  fail(...commands: Commands): Promise<string> {
    return this.#demands.ofCommands('fail', commands)
  }

  /** Runs a command, of at most 128 KiB, without demanding anything of it. Standard error goes to the console. */
  execute(command: string, limit: TimeLimit = {}): Promise<{ status: number; output: string }> {
    return this.#demands.make('execute', command, async () => {
      const { status, output } = await this.#demands.shell.run(command, this.#demands.seconds(limit))
      return { status, output }
    })
  }

  /** Runs `systemctl` with these arguments, without demanding anything of it. */
  systemctl(args: string, owner: UnitOwner = {}): Promise<{ status: number; output: string }> {
    return this.#demands.make('execute', `systemctl ${args}`, async () => {
      const { status, output } = await this.#demands.units.systemctl(args, owner)
      return { status, output }
    })
  }

  /** @returns such as `active`, `activating`, `failed` or `inactive`; demands nothing */
  getUnitState(unit: string, owner: UnitOwner = {}): Promise<string> {
    const ask = () => this.#demands.units.stateOf(unit, owner)
    return this.#demands.make('execute', `systemctl show ${unit}`, ask)
  }

  /** Waits until a systemd unit is active; fails at once when it has failed, or is inactive and nobody starts it. */
  async waitForUnit(unit: string, options: TimeLimit & UnitOwner = {}): Promise<void> {
    const text = options.user === undefined ? unit : `${unit} with user ${options.user}`
    const look = () => this.#demands.units.look(unit, options)
    await this.#demands.until({ kind: 'wait_for_unit', text }, options, look)
  }

  /** A systemd unit must be in this state now. */
  requireUnitState(unit: string, state = 'active'): Promise<void> {
    return this.#demands.make('require_unit_state', `${unit} ${state}`, async () => {
      const is = await this.#demands.units.stateOf(unit)
      if (is === state) return
      // The double "to" is the NixOS driver's.
      const words = `Expected unit '${unit}' to to be in state '${state}' but it is in state '${is}'`
      throw new RequestedAssertionFailed(words)
    })
  }

  /** Waits until a command exits with 0. @returns the output of the try that did */
  waitUntilSucceeds(command: string, options: TimeLimit & Provider = {}): Promise<string> {
    return this.#demands.untilSuccess({ kind: 'wait_until_succeeds', text: command, command }, options)
  }

  /** Waits until a command exits with something else than 0. @returns the output of the try that did */
  async waitUntilFails(command: string, limit: TimeLimit = {}): Promise<string> {
    const demand = { kind: 'wait_until_fails', text: command } as const
    const { output } = await this.#demands.until(demand, limit, async (secondsLeft) => {
      const { status, output, isTimedOut } = await this.#demands.shell.run(command, secondsLeft)
      const saw = isTimedOut ? 'the last try was still running' : 'the last try exited with code 0'
      return { isThere: status !== 0 && !isTimedOut, saw, output }
    })
    return output
  }

  /** Waits until something exists in the guest's file system. */
  async waitForFile(path: string, options: TimeLimit & Provider = {}): Promise<void> {
    const command = `test -e ${quote(path)}`
    await this.#demands.untilSuccess({ kind: 'wait_for_file', text: path, command }, options)
  }

  /** Waits until something takes TCP connections. @param options `address`: as the guest sees it, default localhost */
  async waitForOpenPort(
    port: number,
    options: TimeLimit & Provider & { address?: string } = {},
  ): Promise<void> {
    const { address = 'localhost' } = options
    const demand = { kind: 'wait_for_open_port', text: `${port} on ${address}` } as const
    await this.#demands.untilSuccess({ ...demand, command: ifOpen(port, address) }, options)
  }

  /** Waits until nothing takes TCP connections there any more. */
  async waitForClosedPort(port: number, options: TimeLimit & { address?: string } = {}): Promise<void> {
    const { address = 'localhost' } = options
    const demand = { kind: 'wait_for_closed_port', text: `${port} on ${address}` } as const
    await this.#demands.untilSuccess({ ...demand, command: ifClosed(port, address) }, options)
  }

  /** Waits for a console line that no such wait has looked at yet; lines printed before the call count. */
  async waitForConsoleText(pattern: RegExp | string, limit: TimeLimit = {}): Promise<void> {
    const wanted = typeof pattern === 'string' ? new RegExp(pattern) : pattern
    await this.#demands.make('wait_for_console_text', wanted.source, () =>
      waitForConsole(this.#setup.machine, wanted, this.#demands.seconds(limit)),
    )
  }

  /** Sleeps inside the guest, whose clock may be slower than ours. */
  async sleep(seconds: number): Promise<void> {
    const text = Number.isInteger(seconds) ? seconds.toFixed(1) : String(seconds)
    await this.succeed(`sleep ${text}`, { timeout: 900 + 2 * seconds })
  }

  /** Switches the guest off the orderly way and waits for the end of QEMU. */
  async shutdown(limit: TimeLimit = {}): Promise<void> {
    const { machine } = this.#setup
    this.#demands.shell.mayBeOff()
    if (machine.running) await this.#demands.untilOff(() => machine.powerOff(), limit)
  }

  /** Waits until the guest has switched itself off. */
  async waitForShutdown(limit: TimeLimit = {}): Promise<void> {
    const { machine } = this.#setup
    this.#demands.shell.mayBeOff()
    if (machine.running) await this.#demands.untilOff(() => machine.waitForShutdown(), limit)
  }

  /** Cuts the power. */
  async crash(): Promise<void> {
    const { machine, log } = this.#setup
    log.checkOpen()
    this.#demands.shell.mayBeOff()
    if (!machine.running) return
    log.crashForced(this.name)
    await this.#demands.make('wait_for_shutdown', '', () => machine.crash())
  }

  /** Reboots the guest the orderly way and waits until it is back. */
  reboot(): Promise<void> {
    return this.#demands.ofLiving('nested', 'reboot', () => this.#setup.machine.reboot())
  }

  /** Pulls network cables. @param card such as `eth1`; default: all */
  block(card?: string): Promise<void> {
    const pull = () => this.#setup.machine.setLink(card ?? null, false)
    return this.#demands.ofLiving('nested', `block ${card ?? 'all cards'}`, pull)
  }

  /** Plugs network cables in again. @param card such as `eth1`; default: all */
  unblock(card?: string): Promise<void> {
    const plug = () => this.#setup.machine.setLink(card ?? null, true)
    return this.#demands.ofLiving('nested', `unblock ${card ?? 'all cards'}`, plug)
  }

  /**
   * Copies a file or a folder into the guest, with its mode.
   * @param guestPath what the copy is called; with a `/` behind it, the folder that it is put into
   */
  copyFromHost(hostPath: string, guestPath: string, limit: TimeLimit = {}): Promise<void> {
    const target = guestPath.endsWith('/') ? `${guestPath}${basename(hostPath)}` : guestPath
    return this.#demands.make('nested', `copy ${basename(hostPath)} from host to ${target}`, () =>
      copyToGuest(
        this.#demands.shell,
        { from: hostPath, to: target, node: this.name },
        this.#demands.seconds(limit),
      ),
    )
  }

  /**
   * Copies a file or a folder out of the guest into the test's output, with its mode.
   * @param nameInOutput default: as it is called in the guest. @returns its path on the host
   */
  copyFromVm(guestPath: string, nameInOutput = basename(guestPath), limit: TimeLimit = {}): Promise<string> {
    const target = join(this.#setup.outputFolder, nameInOutput)
    return this.#demands.make('nested', `copy ${guestPath} from VM to ${nameInOutput}`, async () => {
      const copy = { from: guestPath, to: target, node: this.name }
      await copyToHost(this.#demands.shell, copy, this.#demands.seconds(limit))
      return target
    })
  }

  /** Writes what a screen would show into NAME.png in the test's output. */
  async screenshot(name: string): Promise<void> {
    const { log, machine, outputFolder } = this.#setup
    if (!/^[^/\s\0]+$/.test(name)) throw new Error(`screenshot ${JSON.stringify(name)}: not a file's name`)
    const file = name.endsWith('.png') ? name : `${name}.png`
    await this.#demands.ofLiving('screenshot', file, () => machine.screenshot(join(outputFolder, file)))
    log.print(`vmproof:attach ${file}`)
  }

  /** Writes a remark about this node into the log. */
  log(text: string): void {
    this.#setup.log.note(this.name, text)
  }
}
