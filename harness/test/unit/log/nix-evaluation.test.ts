import { expect, test } from 'vitest'
import { condenseEvaluationError } from '../../../log/nix-evaluation.ts'

const source = '/nix/store/p127yc0az73dgpjibpa2xn69x1fs1akl-source'

/** As Nix 2.8 prints it: message first, trace behind. */
const old = `\u001b[31;1merror:\u001b[0m attribute '\u001b[35;1mfoobat\u001b[0m' missing

       \u001b[34;1mat \u001b[35;1m${source}/flake.nix:9:42\u001b[0m:

            8|       broken = throw "nope nope";
            9|       typo = let x = { foobar = 1; }; in x.foobat;
             |                                          ^
       Did you mean foobar?

       … while evaluating the attribute 'typo'

       at ${source}/flake.nix:9:7:

            9|       typo = let x = { foobar = 1; }; in x.foobat;
             |       ^

       … from call site

       at «string»:1:1:

            1| set: set
             | ^`

/** As Nix since 2.20 prints it: trace first, message last. */
const recent = `\u001b[31;1merror:\u001b[0m
       … while evaluating a branch condition
         at «string»:30:3:
           29| in
           30|   if builtins.isAttrs check
             |   ^

       … while calling the '\u001b[35;1mthrow\u001b[0m' builtin
         at ${source}/flake.nix:8:16:
            8|       broken = throw "nope nope";
             |                ^

       \u001b[31;1merror:\u001b[0m nope nope`

test('the message leads, with its place and the suggestion, in either order of the trace', () => {
  expect(condenseEvaluationError(old, "attribute 'foobat' missing").message).toBe(
    "attribute 'foobat' missing at flake.nix:9:42; did you mean foobar?",
  )
  expect(condenseEvaluationError(recent, 'nope nope').message).toBe('nope nope at flake.nix:8:16')
})

test('without a raw message the text itself tells', () => {
  expect(condenseEvaluationError(old, null).message).toMatch(/^attribute 'foobat' missing at flake\.nix:9:42/)
  expect(condenseEvaluationError(recent, null).message).toBe('nope nope at flake.nix:8:16')
  expect(condenseEvaluationError('segfault', null).message).toBe('segfault')
  expect(condenseEvaluationError('', null)).toEqual({ message: '', details: [] })
})

test("details leave out the message and the harness's own expression", () => {
  for (const [text, raw] of [
    [old, "attribute 'foobat' missing"],
    [recent, 'nope nope'],
  ] as const) {
    const details = condenseEvaluationError(text, raw).details.join('\n')
    expect(details).toContain('flake.nix')
    expect(details).not.toMatch(/«string»|isAttrs|set: set|call site|branch condition|error:/)
  }
})

test('a message that only announces takes the next line with it', () => {
  const raw = '\nFailed assertions:\n- services.x needs services.y'
  expect(condenseEvaluationError(`error: ${raw}`, raw).message).toBe(
    'Failed assertions: - services.x needs services.y',
  )
})

test.each([
  `getting status of '${source}/lib/x.nix': No such file or directory`,
  `path '${source}/lib/x.nix' does not exist`,
  `Path 'lib/x.nix' in the repository "/home/me/project" is not tracked by Git.`,
])('a file that git does not know: %s', (raw) => {
  expect(condenseEvaluationError(`error: ${raw}`, raw).details[0]).toBe(
    'files that git does not know are invisible to a flake: git add -N lib/x.nix',
  )
})

test('a trace of thousands of lines is cut to the part next to the error', () => {
  const frames = Array.from({ length: 5000 }, (_, index) => `       … frame ${index}`).join('\n')
  const { details } = condenseEvaluationError(`error:\n${frames}\n       error: deep`, 'deep')
  expect(details.length).toBeLessThanOrEqual(40)
  expect(details.at(-1)).toContain('frame 4998')
})
