import type { Block, Ending } from './blocks.ts'
import { EndingLines } from './end-line.ts'
import type { HeadLines } from './head-lines.ts'
import type { TestError, TestErrorLines } from './test-error.ts'

/** Lines to be read once more, by the grammar or, `free`, as text of nobody. */
export interface Again {
  raw: string
  free: boolean
}

/** Takes lines for something that stretches over several of them. */
export interface Gathering {
  /** @returns null while it goes on; else what of the lines taken was not its own */
  take(raw: string): Again[] | null
  /** The log ends here. */
  giveUp(): void
}

const read = (raw: string): Again => ({ raw, free: false })
const readAgain = (raw: string): Again[] => (raw === '' ? [] : [read(raw)])

/** A coloured head, up to its reset. */
export function gatherHead(lines: HeadLines, done: (lines: HeadLines) => void): Gathering {
  return {
    take: (raw) => {
      if (!lines.take(raw)) return null
      done(lines)
      return readAgain(lines.rest)
    },
    // machine: \e[1m\e[32mmust succ          (the log was cut inside its last word)
    giveUp: () => {},
  }
}

/** A closing line, as long as it repeats a head of several lines. */
export function gatherEnding(
  first: string,
  candidates: Block[],
  loosely: boolean,
  done: (ending: Ending) => void,
): Gathering {
  const lines = new EndingLines(first, candidates, loosely)
  return {
    take: (raw) => {
      const took = lines.take(raw)
      if (took === 'more') return null
      if (took === null) return lines.lines.map((line, at) => ({ raw: line, free: at === 0 }))
      done(took)
      return readAgain(took.rest)
    },
    giveUp: () => {},
  }
}

/** `Test "..." failed with error: "..."`, up to its last quote. */
export function gatherError(
  lines: TestErrorLines,
  isDriver: (raw: string) => boolean,
  done: (error: TestError) => void,
): Gathering {
  const finish = (): Again[] => {
    const { error, surplus } = lines.finish()
    if (error) done(error)
    return surplus.map(read)
  }
  return {
    take: (raw) => {
      if (!lines.insideCommand && isDriver(raw)) return [...finish(), read(raw)]
      return lines.take(raw) ? finish() : null
    },
    giveUp: () => void finish(),
  }
}

/** The lines behind `!!! ` from a traceback's header on. @param behind what stands behind it, null for other lines */
export function gatherBang(
  lines: string[],
  behind: (raw: string) => string | null,
  done: (lines: string[]) => void,
): Gathering {
  return {
    take: (raw) => {
      const own = behind(raw)
      if (own !== null && lines.length < 20_000) {
        lines.push(own)
        return null
      }
      done(lines)
      return [read(raw)]
    },
    giveUp: () => done(lines),
  }
}
