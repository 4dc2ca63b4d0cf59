/**
 * How much of a run is told. `quiet`: failures, and how it ended; `normal`: also what starts and passes; `assertions`:
 * also stages, phases and every assertion; `consoles`: also every line of every console.
 */
export type Verbosity = 'quiet' | 'normal' | 'assertions' | 'consoles'

const order: Verbosity[] = ['quiet', 'normal', 'assertions', 'consoles']

/** Whether `verbosity` tells what belongs to `level`. */
export function tells(verbosity: Verbosity, level: Verbosity): boolean {
  return order.indexOf(verbosity) >= order.indexOf(level)
}
