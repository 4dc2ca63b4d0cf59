import { qemuPackages } from '../../debian/qemu-packages.ts'
import type { AcceleratorChoice } from '../../model/outcome.ts'
import { findOnPath } from '../../process/find-program.ts'
import type { Fitness } from '../../run/ports.ts'
import type { Architecture } from '../suite.ts'
import { type Acceleration, acceleratorOf, slowest } from './acceleration.ts'

/** @param architectures of a check's nodes @returns what this host makes of the check */
export function fitnessOf(
  architectures: Architecture[],
  accel: AcceleratorChoice,
  acceleration: Acceleration,
): Fitness {
  const accelerator = slowest(architectures.map((one) => acceleratorOf(one, acceleration)))
  return { whyNot: withoutQemu(architectures) ?? withoutKvm(accel, acceleration), accelerator }
}

function withoutQemu(architectures: Architecture[]): string | null {
  const missing = architectures.find((one) => findOnPath(`qemu-system-${one}`) === null)
  if (missing === undefined) return null
  return `there is no program qemu-system-${missing}: install ${qemuPackages[missing]} (vmproof setup --kind vm does)`
}

function withoutKvm(accel: AcceleratorChoice, { whyNotKvm }: Acceleration): string | null {
  return accel === 'kvm' && whyNotKvm !== null ? `--accel kvm: ${whyNotKvm}` : null
}
