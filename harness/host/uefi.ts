import { existsSync } from 'node:fs'
import { limited, type Need, ok } from './need.ts'

/** Where distributions put UEFI firmware for QEMU, by the architecture of the guests: Debian, Fedora, Arch, NixOS. */
const places = {
  x86_64: [
    '/usr/share/OVMF/OVMF_CODE_4M.fd',
    '/usr/share/OVMF/OVMF_CODE.fd',
    '/usr/share/edk2/ovmf/OVMF_CODE.fd',
    '/usr/share/edk2/x64/OVMF_CODE.4m.fd',
  ],
  aarch64: [
    '/usr/share/AAVMF/AAVMF_CODE.fd',
    '/usr/share/edk2/aarch64/QEMU_EFI.fd',
    '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
  ],
} as const

const packages = { x86_64: 'ovmf', aarch64: 'qemu-efi-aarch64' } as const

/** Never required: only nodes that boot a disk image of somebody else's use it. */
export function uefiNeed(architecture: keyof typeof places): Need {
  const [id, title] = ['uefi', 'UEFI firmware']
  const found = places[architecture].find((path) => existsSync(path))
  if (found !== undefined) return ok(id, title, found)
  const detail = `none for ${architecture}: nodes that boot a disk image by UEFI cannot start, all others can`
  return limited({ id, title, detail, mend: `install ${packages[architecture]}` })
}
