import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../model/user-error.ts'
import { attributePath, fileSet } from './expressions.ts'

/** What the user pointed at. `file` may be relative to the working folder; `attr` is a path below its value. */
export type CheckTarget = { type: 'flake'; ref: string } | { type: 'file'; file: string; attr: string | null }

/** A target that means the same wherever it is used. */
export type AbsoluteTarget =
  | { type: 'flake'; ref: string }
  /** `file` is absolute, a folder stands for its default.nix. */
  | { type: 'file'; file: string; attr: string | null }

/** A set of checks that Nix can be asked about. */
export type CheckSet = AbsoluteTarget & { system: string }

/** @throws UserError when the file does not exist */
export function absoluteTarget(target: CheckTarget): AbsoluteTarget {
  switch (target.type) {
    case 'flake':
      return { type: 'flake', ref: flakeReference(target.ref) }
    case 'file':
      return { type: 'file', file: nixFile(target.file), attr: target.attr }
  }
}

/** For people: `.#checks.x86_64-linux.k3s-network`, or `default.nix tests.k3s-network` without the file. */
export function attributeOf(set: CheckSet, name: string): string {
  if (set.type === 'flake') return attributePath(['checks', set.system, name])
  return [...(set.attr ? [set.attr] : []), attributePath([name])].join('.')
}

/** Program and arguments that apply a function to the set and print the result as JSON. */
export function evaluationOf(
  set: CheckSet,
  nixFunction: string,
): { tool: 'nix' | 'nix-instantiate'; args: string[] } {
  switch (set.type) {
    case 'flake': {
      const installable = `${set.ref}#${attributePath(['checks', set.system])}`
      const flags = ['eval', '--json', '--show-trace', '--no-write-lock-file']
      const args = [...flags, installable, '--apply', nixFunction]
      return { tool: 'nix', args }
    }
    case 'file': {
      // Evaluation alone would not write the derivations to the store. -v names the files that are read.
      const flags = ['--eval', '--strict', '--json', '--read-write-mode', '--show-trace', '-v']
      const expression = `(${nixFunction}) (${fileSet(set.file, set.attr)})`
      const args = [...flags, '--option', 'system', set.system, '--expr', expression]
      return { tool: 'nix-instantiate', args }
    }
  }
}

/**
 * A folder that exists is meant as a folder, also where Nix would look the word up in its registry.
 * @throws UserError for a fragment: checks are named as arguments, and dropping it would run all of them
 */
function flakeReference(ref: string): string {
  const [place = '', fragment = ''] = existsSync(ref) ? [ref] : ref.split('#')
  if (fragment !== '') {
    throw new UserError(`--flake ${ref}: the flake alone, without #${fragment}`, [
      `name checks as arguments: vmproof run ${fragment.split('.').at(-1)} --flake ${place}`,
    ])
  }
  return existsSync(place) && statSync(place).isDirectory() ? resolve(place) : place
}

function nixFile(file: string): string {
  const path = resolve(file)
  if (!existsSync(path)) throw new UserError(`--file ${file}: there is no such file`)
  if (!statSync(path).isDirectory()) return path
  const inside = join(path, 'default.nix')
  if (existsSync(inside)) return inside
  throw new UserError(`--file ${file}: the folder holds no default.nix`)
}
