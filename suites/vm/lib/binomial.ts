/**
 * The range in which the number of successes of independent trials lies with at least this certainty; what is left over
 * is shared evenly between both sides.
 *
 * @param trials how many @param chance of each, 0 to 1 @param certainty such as 0.99
 * @returns [least, most], both included
 */
export function binomialInterval(trials: number, chance: number, certainty: number): [number, number] {
  if (chance <= 0) return [0, 0]
  if (chance >= 1) return [trials, trials]
  const tail = (1 - certainty) / 2
  return [
    firstAbove(tail, (successes) => density(trials, chance, successes), trials),
    trials - firstAbove(tail, (failures) => density(trials, 1 - chance, failures), trials),
  ]
}

/** @returns the smallest number with which the densities add up to more than `tail` */
function firstAbove(tail: number, densityOf: (count: number) => number, most: number): number {
  let sum = 0
  for (let count = 0; count <= most; count++) {
    sum += densityOf(count)
    if (sum > tail) return count
  }
  return most
}

function density(trials: number, chance: number, successes: number): number {
  const ways = logFactorial(trials) - logFactorial(successes) - logFactorial(trials - successes)
  return Math.exp(ways + successes * Math.log(chance) + (trials - successes) * Math.log1p(-chance))
}

const logFactorials = [0]

function logFactorial(number: number): number {
  for (let next = logFactorials.length; next <= number; next++) {
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next))
  }
  return logFactorials[number] ?? 0
}
