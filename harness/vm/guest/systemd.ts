import type { FileTree } from './file-tree.ts'
import { afterInitPath, backdoorPath } from './init-script.ts'
import { enableUnit, maskUnit } from './unit-files.ts'

/** Packages that a guest with systemd as process 1 needs beyond what its definition names. */
export const systemdPackages = ['systemd']

const systemdProgram = 'usr/lib/systemd/systemd'

/** Programs that stand for systemctl, as the package systemd-sysv has them. */
const systemctlNames = ['halt', 'poweroff', 'reboot', 'shutdown', 'runlevel', 'telinit']

/**
 * Units that only cost time in a guest that lives in memory for a minute, with the reason. A definition that names
 * one of them in `enabledUnits` gets it.
 */
export const maskedUnits: Record<string, string> = {
  'dev-hugepages.mount': 'no test maps huge pages',
  'dev-mqueue.mount': 'no test uses POSIX message queues',
  'e2scrub_reap.service': 'no lasting file system',
  'getty.target': 'nobody logs in',
  'kmod-static-nodes.service': 'init has loaded the modules, the kernel makes their devices',
  'ldconfig.service': 'libraries are found without a cache',
  'logrotate.timer': 'no guest lives until tomorrow',
  'modprobe@configfs.service': 'modules are loaded when they are used',
  'modprobe@dm_mod.service': 'modules are loaded when they are used',
  'modprobe@drm.service': 'no screen',
  'modprobe@efi_pstore.service': 'no firmware memory',
  'modprobe@fuse.service': 'modules are loaded when they are used',
  'modprobe@loop.service': 'modules are loaded when they are used',
  'proc-sys-fs-binfmt_misc.automount': 'no foreign programs',
  'sys-fs-fuse-connections.mount': 'modules are loaded when they are used',
  'sys-kernel-config.mount': 'modules are loaded when they are used',
  'sys-kernel-debug.mount': 'nobody debugs the kernel',
  'sys-kernel-tracing.mount': 'nobody debugs the kernel',
  'systemd-ask-password-console.path': 'nobody types',
  'systemd-ask-password-wall.path': 'nobody types',
  'run-lock.mount': 'init has made it',
  'systemd-binfmt.service': 'no foreign programs',
  'systemd-boot-system-token.service': 'no boot loader',
  'systemd-firstboot.service': 'everything is set up in the image',
  'systemd-fsck-root.service': 'the root is in memory',
  'systemd-hwdb-update.service': 'no hardware',
  'systemd-initctl.socket': 'systemctl is the only way',
  'systemd-journal-catalog-update.service': 'for people',
  'systemd-journal-flush.service': 'the journal stays in memory',
  'systemd-logind.service': 'nobody logs in',
  'systemd-hibernate-clear.service': 'no hibernation',
  'systemd-machine-id-commit.service': 'the identity has written it',
  'systemd-modules-load.service': 'init has loaded them',
  'systemd-pcrmachine.service': 'no security chip',
  'systemd-pcrphase-sysinit.service': 'no security chip',
  'systemd-pcrphase.service': 'no security chip',
  'systemd-pstore.service': 'no firmware memory',
  'systemd-random-seed.service': 'no lasting file system',
  'systemd-remount-fs.service': 'the root is in memory',
  'systemd-repart.service': 'no lasting disks',
  'systemd-sysusers.service': 'users are made while the guest is put together',
  'systemd-tmpfiles-clean.timer': 'no guest lives until tomorrow',
  'systemd-tmpfiles-setup-dev-early.service': 'the kernel makes devices',
  'systemd-tmpfiles-setup-dev.service': 'the kernel makes devices',
  'systemd-tpm2-setup-early.service': 'no security chip',
  'systemd-tpm2-setup.service': 'no security chip',
  'systemd-udev-settle.service': 'init has loaded the modules',
  'tmp.mount': 'init has mounted it',
  'systemd-update-done.service': 'nothing is updated',
  'systemd-update-utmp-runlevel.service': 'nobody logs in',
  'systemd-update-utmp.service': 'nobody logs in',
  'systemd-user-sessions.service': 'nobody logs in',
}

/**
 * The shell's service, as early as systemd can have it and until the very end. Without dependencies of its own it
 * neither waits for nor holds up what a test looks at.
 */
const backdoorUnit = `[Unit]
Description=vmproof backdoor shell
DefaultDependencies=no

[Service]
Type=simple
ExecStart=${backdoorPath}
StandardInput=null
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
KillSignal=SIGHUP
Restart=always

[Install]
WantedBy=sysinit.target
`

const systemConfiguration = `[Manager]
DefaultTimeoutStopSec=10s
CrashReboot=yes
`

/** In memory, and not on the console too: there it would slow the guest down. */
const journalConfiguration = `[Journal]
Storage=volatile
ForwardToConsole=no
RateLimitIntervalSec=0
`

/**
 * Makes systemd process 1 of a guest. What tests look at works: units, targets, the journal; there are no log-ins,
 * and no generators, each of which would be a program started under emulation at every boot.
 *
 * @throws Error when the packages have no systemd
 */
export function addSystemd(tree: FileTree, enabledUnits: string[]): void {
  if (!tree.has(systemdProgram))
    throw new Error(`the packages ${systemdPackages.join(', ')} bring no /${systemdProgram}`)
  tree.file(afterInitPath, `exec /${systemdProgram}\n`)
  for (const name of systemctlNames) tree.link(`usr/bin/${name}`, 'systemctl')
  for (const name of tree.list('usr/lib/systemd/system-generators')) {
    tree.link(`etc/systemd/system-generators/${name}`, '/dev/null')
  }
  tree.file('etc/systemd/system.conf.d/vmproof.conf', systemConfiguration)
  tree.file('etc/systemd/journald.conf.d/vmproof.conf', journalConfiguration)
  tree.file('etc/systemd/system/vmproof-backdoor.service', backdoorUnit)
  tree.link('etc/systemd/system/default.target', '/lib/systemd/system/multi-user.target')
  // Without one systemd takes the boot for the first of a system, and starts all that packages recommend.
  tree.file('etc/machine-id', `${'0'.repeat(31)}1\n`)
  enableUnit(tree, 'vmproof-backdoor.service')
  for (const name of Object.keys(maskedUnits)) if (!enabledUnits.includes(name)) maskUnit(tree, name)
}
