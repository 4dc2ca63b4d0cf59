/** What `::error` and its like may say of a place. */
export interface CommandProperties {
  /** Relative to the workspace. */
  file?: string
  /** 1-based. */
  line?: number
  title?: string
}

/**
 * A workflow command of GitHub Actions with its newline: `::error file=a.ts,line=3::text`. Escapes are those of
 * `@actions/core`: the runner reads a command from one line.
 */
export function workflowCommand(name: string, message = '', properties: CommandProperties = {}): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`)
  return `::${name}${pairs.length > 0 ? ` ${pairs.join(',')}` : ''}::${escapedData(message)}\n`
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
