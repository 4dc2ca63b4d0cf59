/** Packages of Debian and Ubuntu that hold QEMU, by the architecture of the guests. */
export const qemuPackages = { x86_64: 'qemu-system-x86', aarch64: 'qemu-system-arm' } as const
