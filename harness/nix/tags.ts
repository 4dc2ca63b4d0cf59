/**
 * Tags that a check's name suggests. A word counts where it stands alone between `-`, `_`, `.` or capital letters.
 * A project adds its own under `[[checks]]` in vmproof.config.toml; a check can declare some in `vmproof.tags`.
 */
const tagsOfWord: Record<string, string[]> = {
  k3s: ['k3s'],
  k8s: ['kubernetes'],
  kubernetes: ['kubernetes'],
  etcd: ['etcd'],
  cluster: ['cluster'],
  formation: ['cluster'],
  storage: ['storage'],
  longhorn: ['storage'],
  iscsi: ['storage'],
  nfs: ['storage'],
  drbd: ['storage'],
  disk: ['storage'],
  raid: ['storage'],
  network: ['network'],
  networking: ['network'],
  vlan: ['network'],
  vlans: ['network'],
  bond: ['network'],
  bonding: ['network'],
  dhcp: ['network'],
  dns: ['network'],
  firewall: ['network'],
  constraint: ['constraints'],
  constraints: ['constraints'],
  latency: ['constraints'],
  lossy: ['constraints'],
  resilience: ['constraints'],
  failover: ['resilience'],
  arm64: ['arm64'],
  aarch64: ['arm64'],
  emulation: ['emulation'],
  smoke: ['smoke'],
  boot: ['boot'],
  boots: ['boot'],
  install: ['install'],
  installer: ['install'],
  update: ['update'],
  swupdate: ['update'],
  upgrade: ['update'],
  debian: ['debian'],
}

/** Tags by the machines that a derivation's system stands for. */
const tagsOfSystem: Record<string, string[]> = { 'aarch64-linux': ['arm64'] }

/** @returns sorted, without repeats */
export function tagsOfName(name: string): string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return unique(words.flatMap((word) => (Object.hasOwn(tagsOfWord, word) ? (tagsOfWord[word] ?? []) : [])))
}

/** Tags that a derivation's system, such as `aarch64-linux`, stands for. */
export function tagsOfDerivationSystem(system: string): string[] {
  return Object.hasOwn(tagsOfSystem, system) ? (tagsOfSystem[system] ?? []) : []
}

/** Sorted, without repeats. */
export function unique(tags: string[]): string[] {
  return [...new Set(tags)].sort()
}
