import { exitCodes } from '../model/exit-code.ts'
import { UserError } from '../model/user-error.ts'

/** Complaints of apt that are shown. */
const shownComplaints = 4

/** What apt's words mean for whoever waits, the first that is found. */
const meanings: [RegExp, string][] = [
  [/No space left on device|not enough free space/i, 'free space on that disk and try again'],
  [
    /Could not resolve|Temporary failure|Could not connect|Connection (timed out|refused|failed)|Unable to connect|Network is unreachable/i,
    'this host does not reach its package mirror: look at its network, its proxy (http_proxy) and /etc/apt/sources.list',
  ],
  [/NO_PUBKEY|not signed|signature/i, "the mirror's signature does not fit: look at the keys of /etc/apt"],
]

/** apt's errors and warnings, each once, with what to do about them. @param summary what it was needed for */
export function aptFailure(summary: string, stderr: string): UserError {
  //   E: Failed to fetch http://deb.debian.org/...  Could not resolve 'deb.debian.org'
  const complaints = [...new Set([...stderr.matchAll(/^[EW]: (.*)$/gm)].map(([, text = '']) => text.trim()))]
  const lines = complaints.length > 0 ? complaints : stderr.split('\n').filter(Boolean)
  const advice = meanings.find(([pattern]) => pattern.test(stderr))?.[1]
  return new UserError(
    summary,
    [...lines.slice(0, shownComplaints), ...(advice ? [advice] : [])],
    exitCodes.infrastructure,
  )
}

/** The mirror has replaced a file that the lists name: newer lists name the newer one. */
export function isGone(stderr: string): boolean {
  //   E: Failed to fetch http://…/x_1.0_amd64.deb  404  Not Found [IP: 192.0.2.1 80]
  return /^E: .*\b404\s+Not Found/m.test(stderr)
}
