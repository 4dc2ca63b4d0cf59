import type { PageData } from '../data.ts'
import { hrefOf } from '../routes.ts'

/** `log line 128` of a check's last attempt, as a link where that log is embedded. */
export function LineLink({ data, n, line }: { data: PageData; n: number; line: number }) {
  const log = data.checks[n]?.logs.at(-1)
  if (!log || log.embedded === null) return <span>log line {line}</span>
  return (
    <a href={hrefOf({ view: 'log', check: n, attempt: log.attempt, line }, data.checks)}>log line {line}</a>
  )
}
