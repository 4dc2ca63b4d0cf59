import type { Fold } from '../check-blocks.ts'
import { safeText } from '../safe-text.ts'

const eraseLine = '\x1b[0K'

/**
 * Sections of a GitLab job's log, collapsed until somebody opens them. GitLab takes a mark for one only with the
 * carriage return and the escape code behind it, which nothing that was sanitised has: text cannot open or close one.
 */
export const gitlabFold: Fold = {
  // \e[0Ksection_start:1763630400:check-1[collapsed=true]\r\e[0KPASSED  smoke
  open: (id, title, at) =>
    `${eraseLine}section_start:${unixSeconds(at)}:${id}[collapsed=true]\r${eraseLine}${safeText(title)}\n`,
  // \e[0Ksection_end:1763630434:check-1\r\e[0K
  close: (id, at) => `${eraseLine}section_end:${unixSeconds(at)}:${id}\r${eraseLine}\n`,
}

/** GitLab shows the difference of the two as how long the section took. @param at ISO 8601 */
function unixSeconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000)
}
