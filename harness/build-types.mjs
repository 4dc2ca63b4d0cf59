// Writes the declarations of what suite files import as `vmproof` (harness/vm/suite.ts), for the package: those that
// can be reached from there, and no other.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** @param root of the project @param folder gets `vm/suite.d.ts` and what that imports */
export function writeTypes(root, folder) {
  const scratch = mkdtempSync(join(tmpdir(), 'vmproof-types-'))
  try {
    emit(root, scratch)
    for (const [path, text] of reachable(join(scratch, 'vm/suite.d.ts'))) {
      const target = join(folder, path.slice(scratch.length))
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function emit(root, scratch) {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // `pnpm lint` does that.
      noCheck: true,
      // Constructors that only the driver calls would bring in half of it.
      stripInternal: true,
      rootDir: join(root, 'harness'),
      outDir: scratch,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, 'harness/vm/suite.ts')],
  }
  const project = join(scratch, 'tsconfig.json')
  writeFileSync(project, JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })
}

/** Paths and texts of a declaration and of all that it imports. In a package there are no `.ts` files to import. */
function reachable(first) {
  const texts = new Map()
  const waiting = [first]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue
    const text = readFileSync(path, 'utf8')
    texts.set(path, text.replace(/(['"])(\.{1,2}\/[^'"]*)\.ts\1/g, '$1$2.js$1'))
    const imports = text.matchAll(/['"](\.{1,2}\/[^'"]*)\.ts['"]/g)
    waiting.push(...[...imports].map(([, name]) => `${resolve(dirname(path), name)}.d.ts`))
  }
  return texts
}
