import type { InterfaceSelector, Outage, Profile } from '../model/profile.ts'
import { nodePattern } from './node-glob.ts'
import { linkCommands, type ProgramCall } from './qdisc.ts'
import { constraintWords } from './words.ts'

/** Stands for the name of a network card in commands. */
const card = '@card@'

/** A glob of node names as a POSIX extended regular expression, for Nix. */
export interface NodePattern {
  pattern: string
  negated: boolean
}

/** The argument of suites/nixos/lib/profile.nix: a profile with its constraints translated. */
export interface NixosInput {
  /** The word that stands for the card in all commands. */
  card: string
  links: {
    nodes: NodePattern
    on: InterfaceSelector
    words: string
    apply: ProgramCall[]
    /** `there` and `gone` in seconds, as `sleep` takes them. */
    outage: { down: ProgramCall; up: ProgramCall; there: string; gone: string } | null
  }[]
  limits: { nodes: NodePattern; memoryMiB: number | null; cores: number | null }[]
}

/** @returns what the module needs to know; everything else about a profile is nothing that a node could see */
export function nixosInput({ links, limits }: Pick<Profile, 'links' | 'limits'>): NixosInput {
  return {
    card,
    links: links.map(({ nodes, on, constraint }) => {
      const { apply, outage } = linkCommands(card, constraint)
      return {
        nodes: nodePattern(nodes),
        on,
        words: constraintWords(constraint),
        apply,
        outage: outage && constraint.outage && { ...outage, ...pauses(constraint.outage) },
      }
    }),
    limits: limits.map(({ nodes, ...limit }) => ({ nodes: nodePattern(nodes), ...limit })),
  }
}

function pauses({ everySeconds, lastsSeconds }: Outage): { there: string; gone: string } {
  return { there: seconds(everySeconds - lastsSeconds), gone: seconds(lastsSeconds) }
}

function seconds(value: number): string {
  return String(Number(value.toFixed(3)))
}
