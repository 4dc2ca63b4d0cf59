/**
 * Packages that a guest in memory never needs although others depend on them, with the reason. They are not left
 * out when a definition names them.
 */
export const leftOutPackages: Record<string, string> = {
  adduser: 'users are made while the guest is put together',
  'base-files': 'the guest has its own /etc',
  'base-passwd': 'the guest has its own /etc/passwd',
  bash: 'every guest has bash-static',
  bsdutils: 'busybox has its programs',
  cdebconf: 'nothing is configured by questions',
  coreutils: 'busybox has its programs',
  cron: 'no guest lives until tomorrow',
  'cron-daemon': 'no guest lives until tomorrow',
  debconf: 'nothing is configured by questions',
  debianutils: 'busybox has its programs',
  diffutils: 'busybox has its programs',
  dpkg: 'nothing is installed in a running guest',
  findutils: 'busybox has its programs',
  'gcc-12-base': 'documentation only',
  'gcc-13-base': 'documentation only',
  'gcc-14-base': 'documentation only',
  grep: 'busybox has its programs',
  gzip: 'busybox has its programs',
  hostname: 'busybox has its programs',
  'init-system-helpers': 'no maintainer script runs',
  'initramfs-tools': 'the guest is an initramfs already',
  initscripts: 'init is ours or systemd',
  'install-info': 'nobody reads info pages in a guest',
  'linux-base': 'kernels are not installed in a guest',
  login: 'the backdoor shell is the only way in',
  logrotate: 'no guest lives until tomorrow',
  'lsb-base': 'init is ours or systemd',
  'media-types': 'nobody opens mails in a guest',
  mount: 'busybox has its programs',
  'ncurses-base': 'nobody looks at the screen of a guest',
  'ncurses-bin': 'nobody looks at the screen of a guest',
  passwd: 'users are made while the guest is put together',
  perl: 'only maintainer scripts and rare helpers use it',
  'perl-base': 'only maintainer scripts and rare helpers use it',
  sed: 'busybox has its programs',
  'sensible-utils': 'nobody edits files in a guest',
  'sysvinit-utils': 'init is ours or systemd',
  tar: 'busybox has its programs',
  tzdata: 'guests keep UTC',
  ucf: 'no configuration file is ever merged',
  'usr-is-merged': 'the layout is merged anyway',
  usrmerge: 'the layout is merged anyway',
  'util-linux': 'busybox has its programs',
}

/** Folders of packages that no program of a test reads, with the reason; `*` is one part of a path. */
export const leftOutFolders: Record<string, string> = {
  'usr/include': 'nothing is compiled',
  'usr/lib/*/gconv': 'glibc itself knows UTF-8',
  'usr/lib/debug': 'no debugger',
  'usr/lib/udev/hwdb.d': 'a virtual machine has no hardware to be told apart',
  'usr/share/applications': 'no desktop',
  'usr/share/bash-completion': 'nobody types',
  'usr/share/bug': 'for people',
  'usr/share/common-licenses': 'for people',
  'usr/share/doc': 'for people',
  'usr/share/doc-base': 'for people',
  'usr/share/fish': 'nobody types',
  'usr/share/gdb': 'no debugger',
  'usr/share/icons': 'no desktop',
  'usr/share/info': 'for people',
  'usr/share/initramfs-tools': 'the guest is an initramfs already',
  'usr/share/lintian': "for the package's maintainer",
  'usr/share/locale': 'guests speak C',
  'usr/share/man': 'for people',
  'usr/share/pixmaps': 'no desktop',
  'usr/share/zsh': 'nobody types',
}

const leftOutPaths = new RegExp(
  `^(${Object.keys(leftOutFolders)
    .map((folder) => folder.replaceAll('*', '[^/]+'))
    .join('|')})(/|$)`,
)

/** @param path in a package, merged as FileTree has it */
export function isLeftOut(path: string): boolean {
  return leftOutPaths.test(path)
}
