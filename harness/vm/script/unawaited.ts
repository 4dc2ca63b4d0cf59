import type { Step } from '../record/fact.ts'

/**
 * The error of a body that ended while one of its steps still ran, which nobody can have meant. Its stack is that of
 * the step's beginning.
 */
export function stillRunning({ step, begun }: { step: Step; begun: Error }): Error {
  const words = `a step was still running when the body ended: ${nameOf(step)} (is an await missing?)`
  const error = new Error(words)
  error.stack = (begun.stack ?? '').replace(begun.message, () => words)
  return error
}

function nameOf(step: Step): string {
  switch (step.type) {
    case 'script':
      return 'the script'
    case 'subtest':
      return `subtest "${step.name}"`
    case 'work':
      return step.text
    case 'assertion': {
      const what = `${step.kind} ${step.text}`.trimEnd()
      return step.node === null ? what : `${step.node}: ${what}`
    }
  }
}
