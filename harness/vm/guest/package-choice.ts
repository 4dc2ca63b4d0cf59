import type { DebianArchitecture } from '../../debian/apt-home.ts'
import { closure } from '../../debian/closure.ts'
import { extraModulePackages, kernelPackages } from '../../debian/kernel.ts'
import type { DebianPackage, PackageIndex } from '../../debian/package-index.ts'
import type { PackagedGuest } from '../suite.ts'
import { busyboxPackage } from './assemble.ts'
import { leftOutPackages } from './left-out.ts'
import { systemdPackages } from './systemd.ts'

/** Which packages a guest is made of. */
export type PackageChoice = (index: PackageIndex) => DebianPackage[]

/**
 * The kernel, busybox, a shell, and all that the definition asks for.
 * @param extraModules those, too, that hardly anybody needs, where they are large packages of their own
 */
export function packageChoice(
  { init, packages = [] }: PackagedGuest,
  architecture: DebianArchitecture,
  extraModules: boolean,
): PackageChoice {
  return (index) => {
    const kernel = kernelPackages(index, architecture)
    const extra = extraModules ? extraModulePackages(kernel, index) : []
    const shell = index.find('bash-static') ? 'bash-static' : 'bash'
    const named = packages.map((name) => (name === 'bash' ? shell : name))
    const wanted = [busyboxPackage, shell, ...(init === 'systemd' ? systemdPackages : []), ...named]
    return [...kernel, ...extra, ...closure(wanted, new Set(Object.keys(leftOutPackages)), index)]
  }
}
