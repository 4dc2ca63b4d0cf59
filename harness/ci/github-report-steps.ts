import {
  actions,
  checkoutSteps,
  literal,
  restoreHistory,
  type Step,
  saveHistory,
  script,
  uploaded,
} from './github-steps.ts'
import { inRepository, type WorkflowOptions } from './pipeline.ts'

/** Checks that the report must know of, as words for `--expect`. */
export interface Expected {
  everyTime: string[]
  /** Where a schedule started the workflow, instead. */
  nightly: string[]
}

/** Puts the runs of all jobs together. */
export function reportSteps(options: WorkflowOptions, { everyTime, nightly }: Expected): Step[] {
  const { program, out, keepsHistory } = options
  const keep = keepsHistory ? ' --keep-history' : ''
  const path = inRepository(options, out)
  const byDay = variablesOf('EXPECTED', everyTime)
  const atNight = variablesOf('NIGHTLY', nightly)
  return [
    ...checkoutSteps(options),
    { uses: actions.download, with: { pattern: 'vmproof-*', path, 'merge-multiple': true } },
    ...restoreHistory(options),
    {
      name: 'One report of all',
      env: { OUT: out, ...byDay, ...atNight },
      run: script([
        ...readLines(byDay),
        ...(nightly.length === 0
          ? []
          : [
              'if [ "$GITHUB_EVENT_NAME" = schedule ]; then',
              ...readLines(atNight).map((line) => `  ${line}`),
              'fi',
            ]),
        `words=(--exit-code${keep} --out "$OUT" --to "$OUT/merged" "\${expected[@]/#/--expect=}")`,
        `exec ${program} report "\${words[@]}" "$OUT"/*/events.ndjson`,
      ]),
    },
    ...saveHistory(options),
    {
      name: 'Reports',
      if: 'always()',
      uses: actions.upload,
      with: {
        name: 'vmproof',
        // With the logs that the page links to.
        path: uploaded(path),
        overwrite: true,
      },
    },
  ]
}

/** Linux takes no variable of 128 KiB or more. */
const longestVariable = 100_000

/** Environment variables that carry words, one a line: `EXPECTED_1` and so on. */
function variablesOf(name: string, words: readonly string[]): Record<string, string> {
  const texts: string[] = []
  for (const word of words.map(literal)) {
    const last = texts.at(-1)
    if (last !== undefined && Buffer.byteLength(`${last}\n${word}`) < longestVariable)
      texts[texts.length - 1] = `${last}\n${word}`
    else texts.push(word)
  }
  return Object.fromEntries(texts.map((text, at) => [`${name}_${at + 1}`, text]))
}

function readLines(variables: Record<string, string>): string[] {
  const names = Object.keys(variables).map((name) => `"$${name}"`)
  return names.length === 0 ? ['expected=()'] : [`mapfile -t expected < <(printf '%s\\n' ${names.join(' ')})`]
}
