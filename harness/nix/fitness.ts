import type { Derivation } from '../model/check.ts'
import type { AcceleratorChoice } from '../model/outcome.ts'
import type { NixHost } from './nix-host.ts'

/**
 * Why Nix on this host would refuse to build a derivation, one line with the choice; null when it would not.
 * Nix itself says so only after it has built everything that the derivation needs. Where remote builders are
 * configured it is left to Nix, which knows them.
 */
export function whyNotHere(host: NixHost, derivation: Derivation, accel: AcceleratorChoice): string | null {
  if (host.hasBuilders) return null
  const { system, requiredSystemFeatures } = derivation
  if (system !== 'builtin' && !host.systems.includes(system)) {
    return `is for ${system}, and Nix here builds only for ${host.systems[0]}: configure a remote builder`
  }
  const has = [...host.features, ...Object.keys(announcedFeatures(host, accel))]
  const missing = requiredSystemFeatures.filter((feature) => !has.includes(feature))
  if (missing.length === 0) return null
  return `needs the Nix system feature ${missing.join(' and ')}, which this host does not have: ${choice(host, missing)}`
}

function choice(host: NixHost, missing: string[]): string {
  const configure = `add ${missing.join(' ')} to system-features in nix.conf`
  const onlyKvm = missing.length === 1 && missing[0] === 'kvm'
  if (!onlyKvm) return configure
  return host.isLocal
    ? '--accel tcg runs it without KVM, slowly'
    : `${configure} to run it without KVM, slowly`
}

/** Features that are claimed for one build. A daemon does not listen to its clients about them. */
function announcedFeatures(host: NixHost, accel: AcceleratorChoice): Record<string, true> {
  return accel === 'tcg' && host.isLocal ? { kvm: true } : {}
}

/** Options for a build under this accelerator. */
export function optionsFor(host: NixHost, accel: AcceleratorChoice): Record<string, string> {
  const announced = Object.keys(announcedFeatures(host, accel)).filter((one) => !host.features.includes(one))
  return announced.length === 0 ? {} : { 'system-features': [...host.features, ...announced].join(' ') }
}
