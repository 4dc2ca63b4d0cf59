/**
 * Packages that a guest in memory never needs although others depend on them, with the reason. They are not left
 * out when a definition names them.
 */
export const leftOutPackages: Record<string, string> = {
  adduser: 'users are made while the guest is put together',
  'base-files': 'the guest has its own /etc',
  'base-passwd': 'the guest has its own /etc/passwd',
  cdebconf: 'nothing is configured by questions',
  debconf: 'nothing is configured by questions',
  debianutils: 'busybox has run-parts, which and their like',
  dpkg: 'nothing is installed in a running guest',
  'init-system-helpers': 'no maintainer script runs',
  'initramfs-tools': 'the guest is an initramfs already',
  initscripts: 'init is ours or systemd',
  'install-info': 'nobody reads info pages in a guest',
  'linux-base': 'kernels are not installed in a guest',
  login: 'the backdoor shell is the only way in',
  'lsb-base': 'init is ours or systemd',
  lsof: 'a tool for people',
  'mime-support': 'nobody opens mails in a guest',
  mount: 'busybox has mount',
  passwd: 'users are made while the guest is put together',
  perl: 'only maintainer scripts and rare helpers use it',
  'perl-base': 'only maintainer scripts and rare helpers use it',
  'sysvinit-utils': 'init is ours or systemd',
  tzdata: 'guests keep UTC',
  ucf: 'no configuration file is ever merged',
  'usr-is-merged': 'the layout is merged anyway',
  usrmerge: 'the layout is merged anyway',
}

/** Folders of packages that no program reads while it works. */
export const leftOutFolders = [
  'usr/share/doc',
  'usr/share/doc-base',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/man',
  'usr/share/lintian',
  'usr/share/bug',
  'usr/share/bash-completion',
  'usr/share/zsh',
  'usr/share/fish',
  'usr/share/common-licenses',
  'usr/share/gdb',
  'usr/share/icons',
  'usr/share/pixmaps',
  'usr/share/applications',
  'usr/lib/debug',
  'usr/include',
]
