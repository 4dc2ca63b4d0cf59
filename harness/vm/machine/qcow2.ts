/**
 * The beginning of an empty qcow2 image, version 3, as QEMU's docs/interop/qcow2.txt has it: header, refcount table,
 * one refcount block, first-level table. qemu-img would make the same; it is a package of its own, and many hosts
 * with QEMU lack it. The image names no backing file: who opens it says what lies beneath.
 */

const clusterBits = 16
const clusterSize = 1 << clusterBits
/** Bytes of the version 3 header without extensions, and of the mark that ends the list of extensions. */
const headerLength = 104
/** References are counted in 16 bits. */
const refcountOrder = 4

/** @param size of the disk that the guest sees, in bytes. @returns the whole file */
export function emptyQcow2(size: number): Buffer {
  // An entry of the first level stands for a cluster full of second-level entries, 8 bytes each.
  const bytesPerEntry = clusterSize * (clusterSize / 8)
  const entries = Math.max(1, Math.ceil(size / bytesPerEntry))
  const tableClusters = Math.ceil((entries * 8) / clusterSize)
  const usedClusters = 3 + tableClusters
  const image = Buffer.alloc(usedClusters * clusterSize)
  const tables = { refcountTable: clusterSize, refcountBlock: 2 * clusterSize, firstLevel: 3 * clusterSize }
  image.write('QFI\xfb', 0, 'latin1')
  image.writeUInt32BE(3, 4) // version; no backing file: 8 to 19 stay 0
  image.writeUInt32BE(clusterBits, 20)
  image.writeBigUInt64BE(BigInt(size), 24)
  image.writeUInt32BE(entries, 36)
  image.writeBigUInt64BE(BigInt(tables.firstLevel), 40)
  image.writeBigUInt64BE(BigInt(tables.refcountTable), 48)
  image.writeUInt32BE(1, 56) // clusters of the refcount table; no snapshots, no feature bits: 60 to 95 stay 0
  image.writeUInt32BE(refcountOrder, 96)
  image.writeUInt32BE(headerLength, 100)
  image.writeBigUInt64BE(BigInt(tables.refcountBlock), tables.refcountTable)
  for (let cluster = 0; cluster < usedClusters; cluster++) {
    image.writeUInt16BE(1, tables.refcountBlock + 2 * cluster)
  }
  return image
}

/** Size of the disk in a qcow2 image, in bytes. @param header its first 32 bytes; null when it is no qcow2 */
export function qcow2Size(header: Buffer): number | null {
  if (header.length < 32 || header.toString('latin1', 0, 4) !== 'QFI\xfb') return null
  return Number(header.readBigUInt64BE(24))
}
