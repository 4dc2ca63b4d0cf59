/** Name of the virtio port on which the driver awaits the shell. */
export const shellPort = 'vmproof.shell'

/**
 * First process of our small guests, for busybox's shell. It loads the modules listed in /etc/modules, reads
 * what qemu-command.ts put on the kernel's command line, and serves the backdoor shell for ever. Traps answer
 * busybox's poweroff (USR2) and reboot (TERM), which send signals to process 1.
 */
export const initScript = `#!/bin/sh
export PATH=/bin HOME=/root TERM=dumb
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
echo "<<< vmproof guest >>>"
while read -r module; do
  insmod "/lib/modules/$module" || echo "init: module $module cannot be loaded"
done < /etc/modules

# The kernel counts network cards from eth0; here the first vlan is eth1, as in NixOS tests.
count=$(ls -d /sys/class/net/eth* 2>/dev/null | wc -l)
while [ "$count" -gt 0 ]; do
  ip link set "eth$((count - 1))" name "eth$count"
  count=$((count - 1))
done
ip link set lo up
echo "127.0.0.1 localhost" > /etc/hosts
for word in $(cat /proc/cmdline); do
  value=\${word#*=}
  case $word in
    vmproof.node=*)
      hostname "$value" ;;
    vmproof.address=*)
      ip address add "\${value#*@}" dev "\${value%@*}"
      ip link set "\${value%@*}" up ;;
    vmproof.hosts=*)
      echo "$value" | tr ',' '\\n' | while IFS=@ read -r name ip; do echo "$ip $name"; done >> /etc/hosts ;;
  esac
done

trap 'sync; poweroff -f' USR2
trap 'sync; reboot -f' TERM
# Our driver has a port for the shell; other drivers, as NixOS's, have the first virtio console.
shell=
while [ -z "$shell" ]; do
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = ${shellPort} ] && shell=/dev/\${port##*/}
  done
  [ -n "$shell" ] || [ ! -c /dev/hvc0 ] || shell=/dev/hvc0
  [ -n "$shell" ] || usleep 20000
done
echo "connecting to host..."
while :; do
  # A port can be opened only once, so its reader and its writer share one descriptor. A console is a terminal
  # and forgets its settings when its last user closes it.
  setsid sh -c 'exec <> "$0" >&0 2> /dev/console
    [ "$0" != /dev/hvc0 ] || stty raw -echo
    echo "Spawning backdoor root shell..."
    [ "$0" != /dev/hvc0 ] || exec sh "$0"
    exec sh' "$shell" &
  wait $!
done
`

/**
 * Our guests' `nc`. Test drivers look for open ports with `nc -z HOST PORT`, which busybox's nc does not know;
 * there a program that ends at once takes the place of the conversation.
 */
export const ncScript = `#!/bin/sh
[ "$1" = -z ] || exec busybox nc "$@"
exec busybox nc -w 1 "$2" "$3" -e /bin/true 2> /dev/null
`
