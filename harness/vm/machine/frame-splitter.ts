/** QEMU's `-netdev stream` puts the length of each Ethernet frame before it: 4 bytes, big-endian. */
export const lengthBytes = 4
/** More than any frame, segmentation offload included; a larger length means that the stream is out of step. */
const longestFrame = 256 * 1024

/** Holds back the beginning of a frame whose end has not come yet: frames of two ports must not mix. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0)

  /** @returns the bytes of all frames that are complete now, lengths included; null for a broken stream */
  push(bytes: Buffer): Buffer | null {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let end = 0
    while (all.length - end >= lengthBytes) {
      const length = all.readUInt32BE(end)
      if (length > longestFrame) return null
      if (all.length - end < lengthBytes + length) break
      end += lengthBytes + length
    }
    this.#rest = all.subarray(end)
    return all.subarray(0, end)
  }
}
