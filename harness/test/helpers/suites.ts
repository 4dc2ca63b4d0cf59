import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scratchFolder } from './scratch.ts'

/** A project that is nothing but suites of VM checks. @param files below suites/vm, path to content */
export function suiteProject(files: Record<string, string>): string {
  const folder = scratchFolder()
  for (const [path, content] of Object.entries(files)) writeSuite(folder, path, content)
  return folder
}

/** Writes one file of a project's suites. */
export function writeSuite(folder: string, path: string, content: string): void {
  const file = join(folder, 'suites/vm', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** A suite's source. @param facts as a definition has them, but for the name @param body of an async function */
export function suite(name: string, facts: string, body = ''): string {
  return `import { vmCheck } from 'vmproof'

export default vmCheck({
  name: '${name}',
  ${facts},
  body: async (context) => {
    ${body}
  },
})
`
}
