import { lengthBytes } from './frame-splitter.ts'

/** Destination and source address, 6 bytes each, open a frame; a shorter one cannot be switched by address. */
const addressBytes = 6
/** More than any test has cards. A guest that invents addresses makes the switch forget, not grow. */
const fullestTable = 4096

/** Frames in a row that go to the same place, lengths included. */
export interface FrameRun<Port> {
  /** null: to all. */
  to: Port | null
  bytes: Buffer
}

/** Which address was last seen behind which port of a switch. */
export class MacTable<Port> {
  readonly #ports = new Map<number, Port>()

  /**
   * Learns who sends and tells where each frame belongs.
   *
   * @param frames whole frames with their lengths, as FrameSplitter gives them
   */
  route(from: Port, frames: Buffer): FrameRun<Port>[] {
    const runs: FrameRun<Port>[] = []
    let runStart = 0
    let runTo: Port | null | undefined
    for (let start = 0; start < frames.length; ) {
      const end = start + lengthBytes + frames.readUInt32BE(start)
      const to = this.#destination(from, frames.subarray(start + lengthBytes, end))
      if (to !== runTo && runTo !== undefined) {
        runs.push({ to: runTo, bytes: frames.subarray(runStart, start) })
        runStart = start
      }
      runTo = to
      start = end
    }
    if (runTo !== undefined) runs.push({ to: runTo, bytes: frames.subarray(runStart) })
    return runs
  }

  /** Forgets all addresses: where they are may have changed. */
  clear(): void {
    this.#ports.clear()
  }

  #destination(from: Port, frame: Buffer): Port | null {
    if (frame.length < 2 * addressBytes) return null
    const source = frame.readUIntBE(addressBytes, addressBytes)
    if (!isGroup(frame, addressBytes) && this.#ports.get(source) !== from) {
      if (this.#ports.size >= fullestTable) this.clear()
      this.#ports.set(source, from)
    }
    return isGroup(frame, 0) ? null : (this.#ports.get(frame.readUIntBE(0, addressBytes)) ?? null)
  }
}

/** The lowest bit of an address's first byte marks broadcast and multicast: IEEE 802. */
function isGroup(frame: Buffer, offset: number): boolean {
  return ((frame[offset] ?? 0) & 1) === 1
}
