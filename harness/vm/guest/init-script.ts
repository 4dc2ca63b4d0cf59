import { identityPath } from './identity-script.ts'

/** Name of the virtio port on which the driver awaits the shell. */
export const shellPort = 'vmproof.shell'

/** Where a guest keeps the backdoor's script. */
export const backdoorPath = '/bin/vmproof-backdoor'
/** What a guest's first process becomes. */
export const afterInitPath = '/etc/vmproof-init'

/** The last file of an image: the kernel goes on without a word that matters when not all of it fits into memory. */
export const completePath = '/etc/vmproof-complete'

/** Where programs are looked for in our guests. */
const guestPath = '/usr/local/bin:/usr/bin'

/**
 * Serves the backdoor shell for ever: root's, on the driver's own virtio port, else on the first virtio console,
 * which other drivers have, such as NixOS's.
 */
export const backdoorScript = `#!/bin/busybox sh
export PATH=${guestPath} HOME=/root TERM=dumb
cd /root
shell=
while [ -z "$shell" ]; do
  for port in /sys/class/virtio-ports/*; do
    read -r name 2> /dev/null < "$port/name" || continue
    [ "$name" != ${shellPort} ] || shell=/dev/\${port##*/}
  done
  [ -n "$shell" ] || [ ! -c /dev/hvc0 ] || shell=/dev/hvc0
  [ -n "$shell" ] || usleep 20000
done
# Shells by path: some builds of busybox's shell take a program of their own for a name alone.
interpreter=/bin/bash
[ -x "$interpreter" ] || interpreter=/bin/sh
echo "connecting to host..." > /dev/console
while :; do
  # A port can be opened only once, so its reader and its writer share one descriptor. A console is a terminal
  # and forgets its settings when its last user closes it. On the port, our driver chooses the shell for commands.
  setsid sh -c 'exec <> "$0" >&0 2> /dev/console
    [ "$0" != /dev/hvc0 ] || stty raw -echo
    echo "Spawning backdoor root shell..."
    [ "$0" != /dev/hvc0 ] || exec "$1" "$0"
    exec /bin/sh' "$shell" "$interpreter"
done
`

/**
 * First process of every guest of ours, for busybox's shell: it loads the modules listed in /etc/modules and makes the
 * guest the node that the kernel's command line names. What it then becomes stands in a file of its own.
 */
export const initScript = `#!/bin/busybox sh
if [ ! -e ${completePath} ]; then
  echo "init: the guest image does not fit into this node's memory: give the node more"
  exit 1
fi
export PATH=${guestPath} HOME=/root TERM=dumb
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mkdir -p /run/lock
echo "<<< vmproof guest >>>"
[ ! -s /etc/modules ] || busybox modprobe -a $(cat /etc/modules) || echo "init: a module cannot be loaded"

# No address of its own, no search for routers: on a virtual network that is noise.
for setting in all default; do
  echo 1 > "/proc/sys/net/ipv6/conf/$setting/addr_gen_mode"
  echo 0 > "/proc/sys/net/ipv6/conf/$setting/accept_ra"
done 2> /dev/null
# The kernel counts network cards from eth0; here the first vlan is eth1, as in NixOS tests.
set -- /sys/class/net/eth*
count=$#
[ -e "$1" ] || count=0
while [ "$count" -gt 0 ]; do
  busybox ip link set "eth$((count - 1))" name "eth$count"
  count=$((count - 1))
done
busybox ip link set lo up
read -r parameters < /proc/cmdline
set -f
${identityPath} $parameters
set +f
. ${afterInitPath}
`

/**
 * What process 1 of a tiny guest does then: it serves the backdoor shell. Traps answer busybox's poweroff (USR2) and
 * reboot (TERM), which send signals to process 1.
 */
export const tinyScript = `for number in 0:stdin 1:stdout 2:stderr; do
  ln -s "/proc/self/fd/\${number%:*}" "/dev/\${number#*:}"
done
ln -s /proc/self/fd /dev/fd
trap 'sync; busybox poweroff -f' USR2
trap 'sync; busybox reboot -f' TERM
# Not with "&": what a shell starts in the background ignores SIGINT, and so would every command of a test. The first
# setsid makes a leader, and for a leader the second starts its program and returns.
setsid setsid ${backdoorPath}
while :; do
  sleep 86400 &
  wait $!
done
`

/**
 * Our guests' `nc`. Test drivers look for open ports with `nc -z HOST PORT`, which busybox's nc does not know;
 * there a program that ends at once takes the place of the conversation.
 */
export const ncScript = `#!/bin/busybox sh
[ "$1" = -z ] || exec busybox nc "$@"
exec busybox nc -w 1 "$2" "$3" -e /bin/true 2> /dev/null
`
