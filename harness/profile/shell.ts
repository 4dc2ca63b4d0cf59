import type { Constraint, Outage } from '../model/profile.ts'
import { shellWord } from '../model/shell-word.ts'
import { linkCommands, releaseCommands, shellLine } from './qdisc.ts'

/**
 * One line for a guest's POSIX shell that puts a constraint on an interface, in place of any other. Outages are a
 * process of their own in the guest.
 */
export function constrainLine(dev: string, constraint: Constraint): string {
  const { apply, outage } = linkCommands(dev, constraint)
  const line = `${endOutages(dev)}; ${shellLine(apply)}`
  if (outage === null || constraint.outage === null) return line
  return `${line} && ${startOutages(dev, outage, constraint.outage)}`
}

/** One line for a guest's POSIX shell that takes any constraint off an interface. */
export function releaseLine(dev: string): string {
  return `${endOutages(dev)}; ${shellLine(releaseCommands(dev))}`
}

function startOutages(
  dev: string,
  { down, up }: { down: string[]; up: string[] },
  { everySeconds, lastsSeconds }: Outage,
): string {
  const [there, gone] = [everySeconds - lastsSeconds, lastsSeconds].map((one) => Number(one.toFixed(3)))
  const loop = `while sleep ${there}; do ${shellLine([down])}; sleep ${gone}; ${shellLine([up])}; done`
  return `{ ( ${loop} ) < /dev/null > /dev/null 2>&1 & echo $! > ${processFile(dev)}; }`
}

function endOutages(dev: string): string {
  const file = processFile(dev)
  return `if [ -e ${file} ]; then kill "$(cat ${file})" || true; rm ${file}; fi`
}

function processFile(dev: string): string {
  return shellWord(`/run/vmproof-outages-${dev}`)
}
