import type { NodeConfig, TestConfig } from '../test-config.ts'

/**
 * Whether a node may go on from a snapshot. Not somebody else's guest, nor one with services: they may have talked to
 * other nodes before their shell greeted, and nodes of different moments would meet. Not under KVM, where a guest
 * boots in the time that its memory takes to be read; not aarch64, whose random numbers we cannot renew.
 */
export function maySnapshot(
  test: TestConfig,
  { boot, architecture, accelerator, qemuOptions }: NodeConfig,
): boolean {
  const isIdle = boot.type === 'own' && boot.isIdleAfterBoot === true
  const isKnown = architecture === 'x86_64' && accelerator === 'tcg' && qemuOptions.length === 0
  return test.snapshots !== null && isIdle && isKnown
}
