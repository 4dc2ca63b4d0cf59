import type { Accelerator } from '../model/outcome.ts'
import { LiteralSearch } from './literal-search.ts'

/** What a pattern in a line means. */
export type Finding =
  | { type: 'symptom'; id: string }
  | { type: 'accelerator'; accelerator: Accelerator }
  /** The guest switched itself off. */
  | { type: 'powered-off' }
  /** Perhaps two lines without a newline between them. */
  | { type: 'seam' }

const symptom = (id: string): Finding => ({ type: 'symptom', id })
const accelerator = (name: Accelerator): Finding => ({ type: 'accelerator', accelerator: name })

/** Literal text to what it means. Literals only, of eleven characters or more: they are sought in gigabytes. */
const findings: Record<string, Finding[]> = {
  // Kernel panic - not syncing: sysrq triggered crash
  'Kernel panic - not syncing': [symptom('kernel-panic')],
  // Out of memory: Killed process 412 (java) total-vm:...
  'Out of memory: Kill': [symptom('oom-kill')],
  // oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),...
  'oom-kill:constraint=': [symptom('oom-kill')],
  // BUG: unable to handle page fault for address: ffffffffc0000000
  'BUG: unable to handle': [symptom('kernel-oops')],
  // BUG: KASAN: use-after-free in ...
  'BUG: KASAN:': [symptom('kernel-oops')],
  // kernel BUG at mm/slub.c:305!
  'kernel BUG at': [symptom('kernel-oops')],
  // general protection fault, probably for non-canonical address
  ' general protection fault': [symptom('kernel-oops')],
  // watchdog: BUG: soft lockup - CPU#0 stuck for 22s!
  'soft lockup - CPU': [symptom('soft-lockup')],
  // write error: No space left on device
  'No space left on device': [symptom('no-space-guest')],
  // cannot execute binary file: Exec format error
  'Exec format error': [symptom('wrong-arch')],
  // raft: 8e9e05c52164694d lost leader 91bc3c398fb3c146 at term 5
  ' lost leader ': [symptom('etcd-quorum-loss')],
  // etcdserver: leader changed
  'leader changed': [symptom('etcd-quorum-loss')],
  // etcdserver: request timed out
  'etcdserver: request timed out': [symptom('etcd-quorum-loss')],
  // panic: bootstrap data already found and encrypted with different token
  'bootstrap data already found': [symptom('k3s-stale-bootstrap')],
  // failed to get CA certs: Get "https://...": context deadline exceeded
  'failed to get CA certs': [symptom('first-tcp-slow')],
  // Number of SMP cpus requested (4) exceeds the recommended cpus supported by KVM (2)
  'exceeds the recommended cpus': [symptom('vcpu-oversubscription')],
  // Could not access KVM kernel module: No such file or directory
  'Could not access KVM': [symptom('kvm-missing')],
  // qemu-system-x86_64: falling back to tcg
  'falling back to tcg': [symptom('silent-tcg'), accelerator('tcg')],
  // kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.
  kvm_buf_set_msrs: [symptom('kvm-cpu-model')],
  // Hypervisor detected: KVM
  'Hypervisor detected: KVM': [accelerator('kvm')],
  // Booting paravirtualized kernel on bare hardware            (no hypervisor announces itself: emulation)
  'paravirtualized kernel on bare': [accelerator('tcg')],
  // reboot: Power down
  'reboot: Power down': [{ type: 'powered-off' }],
  // reboot: System halted
  'reboot: System halted': [{ type: 'powered-off' }],
  // reboot: machine restart
  'reboot: machine restart': [{ type: 'powered-off' }],
  // \e[2malpha # one line\e[0m\e[1m\e[32msubtest: a\e[0m
  '\u001b[0m\u001b[1m\u001b[32m': [{ type: 'seam' }],
  // \e[2malpha # one line\e[0malpha: \e[1m\e[32mmust succeed: true\e[0m
  ': \u001b[1m\u001b[32m': [{ type: 'seam' }],
}

const literals = Object.keys(findings)
const search = new LiteralSearch(literals)

/** The findings in one text, in order. */
interface Found {
  text: string
  hits: number[]
  next: number
}

/** Looks for all patterns at once in a whole chunk, so that lines without any cost nothing. */
export class FindingScanner {
  /** Where the next one stands in the text that was sought in; Infinity when there is none. */
  at = -1
  #chunk: Found = { text: '', hits: [], next: -2 }
  #current = this.#chunk

  /** The bytes of the chunk. */
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** Announces the chunk that the next lines are slices of. */
  prime(text: string, bytes: Uint8Array): void {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#chunk = { text, hits: search.inBytes(bytes), next: -2 }
  }

  /** @returns the bytes of a text that is the chunk, else null */
  bytesOf(text: string): DataView | null {
    return text === this.#chunk.text ? this.#view : null
  }

  /** Announces a line that stands alone, and may be equal to the one before it. */
  turnTo(text: string): void {
    this.#current = { text, hits: search.inText(text), next: -2 }
    this.at = -1
  }

  /** Moves to the first finding at or behind `from`. @returns its place */
  seek(text: string, from: number): number {
    if (text !== this.#current.text) this.#turnTo(text)
    while (this.at < from) {
      this.#current.next += 2
      this.at = this.#current.hits[this.#current.next] ?? Number.POSITIVE_INFINITY
    }
    return this.at
  }

  /** What the one at `at` means. */
  get found(): Finding[] {
    const { hits, next } = this.#current
    return findings[literals[hits[next + 1] ?? -1] ?? ''] ?? []
  }

  #turnTo(text: string): void {
    const isChunk = text === this.#chunk.text
    this.#current = isChunk ? this.#chunk : { text, hits: search.inText(text), next: -2 }
    this.at =
      this.#current.hits[this.#current.next] ?? (this.#current.next < 0 ? -1 : Number.POSITIVE_INFINITY)
  }
}
