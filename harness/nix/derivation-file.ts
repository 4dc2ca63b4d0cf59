import { readFileSync } from 'node:fs'
import type { Derivation } from '../model/check.ts'

/** What a .drv file holds, as far as it is needed. */
export interface DerivationFile extends Derivation {
  /** Derivations that it is built from, with the outputs that it uses. */
  inputs: { path: string; outputs: string[] }[]
}

/** An annotated term: a string, or a list or tuple or constructor application, all read as arrays. */
type Term = string | Term[]

/**
 * Reads a derivation from the store's own file, `Derive([outputs],[inputDrvs],[inputSrcs],system,builder,[args],
 * [env])`, whose form is the same in all versions of Nix, unlike the JSON of `nix derivation show`.
 *
 * @param path store path ending in .drv; @param storeRoot in front of it on disk
 * @throws Error when there is no such file or when it is no derivation
 */
export function readDerivationFile(path: string, storeRoot = ''): DerivationFile {
  return parseDerivation(path, readFileSync(`${storeRoot}${path}`, 'utf8'))
}

/** @throws Error with the path when the text is no derivation */
export function parseDerivation(path: string, text: string): DerivationFile {
  const root = parseTerm(path, text)
  // DrvWithVersion("xp-dyn-drv",[outputs],...) has its version in front.
  const fields = text.startsWith('DrvWithVersion(') ? root.slice(1) : root
  const [outputs, inputs, , system] = fields
  const environment = new Map(terms(fields[6]).map((pair) => [textAt(pair, 0), textAt(pair, 1)]))
  const structured = structuredAttributes(environment.get('__json'))
  return {
    path,
    name: derivationName(path),
    system: typeof system === 'string' ? system : '',
    requiredSystemFeatures: featuresOf(structured?.requiredSystemFeatures ?? environment.get(featuresKey)),
    outputs: Object.fromEntries(terms(outputs).map((one) => [textAt(one, 0), textAt(one, 1) || null])),
    inputs: terms(inputs).map((one) => ({ path: textAt(one, 0), outputs: outputNames(one) })),
  }
}

const featuresKey = 'requiredSystemFeatures'

// /nix/store/fwmajgalp4lhxja6gk061c0zjsw39ysm-vm-test-run-ok.drv → vm-test-run-ok
/** The name of a derivation. @param path store path ending in .drv */
export function derivationName(path: string): string {
  return path.replace(/^.*\/[a-z0-9]{32}-/, '').replace(/\.drv$/, '')
}

/** With `__structuredAttrs` the features stand as a list in the JSON, else as words in the environment. */
function featuresOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string')
  return typeof value === 'string' ? value.split(/\s+/).filter((word) => word !== '') : []
}

function structuredAttributes(json: string | undefined): Record<string, unknown> | null {
  if (json === undefined) return null
  try {
    return JSON.parse(json) as Record<string, unknown>
  } catch {
    return null
  }
}

// ("/nix/store/…-dep.drv",["out"]), or for dynamic derivations ("/nix/store/…-dep.drv",(["out"],[…]))
function outputNames(input: Term): string[] {
  const names = typeof input === 'string' ? [] : terms(input[1])
  const plain = names.filter((one): one is string => typeof one === 'string')
  return plain.length > 0 || names.length === 0 ? plain : outputNames(['', names[0] ?? []])
}

function terms(term: Term | undefined): Term[] {
  return Array.isArray(term) ? term : []
}

function textAt(term: Term, index: number): string {
  const value = typeof term === 'string' ? undefined : term[index]
  return typeof value === 'string' ? value : ''
}

const token = /\s*(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|[A-Za-z]*([([])|([)\]])|,)/y

function parseTerm(path: string, text: string): Term[] {
  const root: Term[] = []
  const open: Term[][] = [root]
  token.lastIndex = 0
  while (open.length > 0 && token.lastIndex < text.length) {
    const match = token.exec(text)
    const top = open.at(-1)
    if (!match || !top) break
    const [, string, opening, closing] = match
    if (string !== undefined) top.push(unescaped(string))
    else if (opening) {
      const inner: Term[] = []
      top.push(inner)
      open.push(inner)
    } else if (closing) {
      open.pop()
      if (open.length === 1) break
    }
  }
  const first = root[0]
  if (!/^(Derive|DrvWithVersion)\(/.test(text) || open.length !== 1 || !Array.isArray(first)) {
    throw new Error(`${path} is not a derivation`)
  }
  return first
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\([\s\S])/g, (_, one: string) => ({ n: '\n', r: '\r', t: '\t' })[one] ?? one)
}
