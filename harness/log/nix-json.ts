/**
 * One line of `nix --log-format internal-json`: `@nix {"action":...}` on standard error. The format is Nix's own
 * (src/libutil/logging.cc) and grows with every release; what is not known here becomes `unknown`, never an error.
 */

/** What an activity is about. Numbers are Nix's `ActivityType`. */
export type NixActivity =
  /** 105: a builder runs. `machine` is the remote builder, null for this host. */
  | { kind: 'build'; derivation: string; machine: string | null }
  /** 108: an output is fetched from a binary cache. */
  | { kind: 'substitute'; path: string; store: string }
  /** 100: a store path is copied. */
  | { kind: 'copyPath'; path: string; from: string; to: string }
  /** 111: it waits for a lock that another Nix process holds, or for a free builder. */
  | { kind: 'buildWaiting' }
  | { kind: 'other'; code: number }

/**
 * Ids are text: Nix makes them of a counter and the process id shifted by 32 bits, which can exceed what a
 * number holds exactly. Texts may hold escape codes.
 */
export type NixMessage =
  | { type: 'activityStarted'; id: string; activity: NixActivity; level: number; text: string }
  | { type: 'activityStopped'; id: string }
  /** One line of a builder's output, without its newline. */
  | { type: 'buildLogLine'; id: string; line: string }
  /** One line of the output of a post-build hook. */
  | { type: 'hookLogLine'; id: string; line: string }
  | { type: 'phaseSet'; id: string; phase: string }
  | { type: 'progressed'; id: string; done: number; expected: number; running: number; failed: number }
  /** Level 0 is an error, 1 a warning, 2 a notice, 3 information. `raw` is an error without its frame of hints. */
  | { type: 'message'; level: number; text: string; raw: string | null }
  /** Well-formed, of a kind that is not needed or not known. */
  | { type: 'unknown' }

/** Nix's `ActivityType` and `ResultType`. */
const activityCode = { copyPath: 100, build: 105, substitute: 108, buildWaiting: 111 }
const resultCode = { buildLogLine: 101, setPhase: 104, progress: 105, postBuildLogLine: 107 }

const prefix = '@nix '

/** @returns null for a line that is none of internal-json's, malformed ones included. Never throws. */
export function parseNixJsonLine(line: string): NixMessage | null {
  if (!line.startsWith(prefix)) return null
  const record = parseObject(line.slice(prefix.length))
  if (!record) return null
  switch (record.action) {
    case 'start':
      return {
        type: 'activityStarted',
        id: idOf(record, line),
        activity: activityOf(record),
        level: number(record.level),
        text: text(record.text),
      }
    case 'stop':
      return { type: 'activityStopped', id: idOf(record, line) }
    case 'result':
      return resultOf(record, idOf(record, line))
    case 'msg':
      return {
        type: 'message',
        level: number(record.level),
        text: text(record.msg),
        raw: typeof record.raw_msg === 'string' ? record.raw_msg : null,
      }
    default:
      return { type: 'unknown' }
  }
}

// @nix {"action":"start","fields":["/nix/store/…-x.drv","",1,1],"id":7,"level":3,"text":"building '…'","type":105}
function activityOf(record: JsonObject): NixActivity {
  const [first, second, third] = fieldsOf(record)
  switch (record.type) {
    case activityCode.build:
      return { kind: 'build', derivation: text(first), machine: text(second) || null }
    case activityCode.substitute:
      return { kind: 'substitute', path: text(first), store: text(second) }
    case activityCode.copyPath:
      return { kind: 'copyPath', path: text(first), from: text(second), to: text(third) }
    case activityCode.buildWaiting:
      return { kind: 'buildWaiting' }
    default:
      return { kind: 'other', code: number(record.type) }
  }
}

// @nix {"action":"result","fields":["machine: must succeed: true"],"id":7,"type":101}
function resultOf(record: JsonObject, id: string): NixMessage {
  const fields = fieldsOf(record)
  switch (record.type) {
    case resultCode.buildLogLine:
      return { type: 'buildLogLine', id, line: text(fields[0]) }
    case resultCode.postBuildLogLine:
      return { type: 'hookLogLine', id, line: text(fields[0]) }
    case resultCode.setPhase:
      return { type: 'phaseSet', id, phase: text(fields[0]) }
    case resultCode.progress: {
      const [done = 0, expected = 0, running = 0, failed = 0] = fields.map(number)
      return { type: 'progressed', id, done, expected, running, failed }
    }
    default:
      return { type: 'unknown' }
  }
}

type JsonObject = Record<string, unknown>

function parseObject(json: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

/** A quote inside a JSON string is escaped, so `"id":` can only be the key. */
function idOf(record: JsonObject, line: string): string {
  if (Number.isSafeInteger(record.id)) return String(record.id)
  return /"id":\s*(\d+)/.exec(line)?.[1] ?? ''
}

function fieldsOf(record: JsonObject): unknown[] {
  return Array.isArray(record.fields) ? record.fields : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
