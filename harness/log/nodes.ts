import { BytePrefix } from './byte-prefix.ts'
import { dim } from './text.ts'

/** What the log told of one VM or container. */
export interface Node {
  name: string
  consoleLines: number
  booted: boolean
  started: boolean
  /** Process id of its QEMU. */
  pid: string | null
  /** How often it was started. */
  restarts: number
  symptoms: string[]
  /** Since it was last started. */
  panicked: boolean
  /** Since it was last started or booted: the guest ended itself, or the script had it ended. */
  poweredOff: boolean
  /** QEMU's own words at its end, if any. */
  complaint: string | null
  /** The guest itself, or its firmware, wrote to the console since it was last started. */
  spoke: boolean
  /** QEMU said that the driver ended it, so it was alive until then. */
  terminated: boolean
  /** How its lines begin: `\e[2mNAME # `, `NAME # `, `NAME: `. */
  coloured: string
  plain: string
  remark: string
  /** The first two, for comparing fast. */
  colouredBytes: BytePrefix
  plainBytes: BytePrefix
}

/** Another QEMU of the node begins: what its predecessor did says nothing about it. */
export function startAnew(node: Node): void {
  node.restarts++
  node.panicked = false
  node.poweredOff = false
  node.spoke = false
  node.terminated = false
  node.complaint = null
}

/** As NixOS and the driver allow them; a line whose prefix is none is nobody's console. */
const nodeName = '[A-Za-z0-9][A-Za-z0-9_.-]*'

// \e[2mmachine # [    0.000000] Linux version 6.1.0
const colouredConsole = new RegExp(`\\x1b\\[2m(${nodeName}) # ?`, 'y')
// machine # [    0.000000] Linux version 6.1.0        machine# starting vm (before 2020)
const plainConsole = new RegExp(`(${nodeName}) ?# ?`, 'y')

/** More than any test has; a guest that invents names must not cost time for each line. */
const nodeLimit = 256

/** The nodes of a test in the order of their first mention. */
export class Nodes {
  readonly all: Node[] = []
  /** Whose console line came last: most likely whose comes next. */
  #last: Node | null = null

  find(name: string): Node | undefined {
    return this.all.find((node) => node.name === name)
  }

  get(name: string): Node {
    return this.find(name) ?? this.#add(name)
  }

  /** A name that the driver announces, in some of its versions as the script spells it. */
  mention(name: string): void {
    if (!this.all.some((node) => asSymbol(node.name) === asSymbol(name))) this.#add(name)
  }

  /** @returns the node whose coloured console line starts at `start`, or null */
  ofColouredLine(text: string, start: number): Node | null {
    if (this.#last && text.startsWith(this.#last.coloured, start)) return this.#last
    if (text.charCodeAt(start) !== 27 || !text.startsWith(dim, start)) return null
    for (const node of this.all) {
      if (text.startsWith(node.coloured, start)) {
        this.#last = node
        return node
      }
    }
    colouredConsole.lastIndex = start
    const match = colouredConsole.exec(text)
    return match?.[1] ? this.#introduced(match[1]) : null
  }

  /**
   * @param trusting the beginning of the log is missing, so that a prefix nobody introduced may be a node's
   * @returns the node whose console line without colours starts at `start`, or null
   */
  ofPlainLine(text: string, start: number, end: number, trusting: boolean): Node | null {
    if (this.#last && text.startsWith(this.#last.plain, start)) return this.#last
    for (const node of this.all) {
      if (text.startsWith(node.plain, start)) {
        this.#last = node
        return node
      }
    }
    plainConsole.lastIndex = start
    const match = plainConsole.exec(text)
    if (!match?.[1] || plainConsole.lastIndex > end) return null
    const node = this.find(match[1])
    // An empty console line whose trailing blank was trimmed.
    if (node) return plainConsole.lastIndex === end || match[0] === `${node.name}# ` ? node : null
    return trusting && match[0].endsWith(' # ') ? this.#introduced(match[1]) : null
  }

  #introduced(name: string): Node | null {
    return this.find(name) ?? (this.all.length < nodeLimit ? this.#add(name) : null)
  }

  #add(name: string): Node {
    const node: Node = {
      name,
      consoleLines: 0,
      booted: false,
      started: false,
      restarts: 0,
      pid: null,
      symptoms: [],
      panicked: false,
      poweredOff: false,
      complaint: null,
      spoke: false,
      terminated: false,
      coloured: `${dim}${name} # `,
      plain: `${name} # `,
      remark: `${name}: `,
      colouredBytes: new BytePrefix(`${dim}${name} # `),
      plainBytes: new BytePrefix(`${name} # `),
    }
    const symbol = this.all.findIndex(
      (other) => other.name === asSymbol(name) && !other.started && other.consoleLines === 0,
    )
    if (symbol === -1) this.all.push(node)
    else this.all[symbol] = node
    return node
  }
}

/** As a test script spells it: `-` and `.` are `_` in Python. */
function asSymbol(name: string): string {
  return name.replace(/[-.]/g, '_')
}
