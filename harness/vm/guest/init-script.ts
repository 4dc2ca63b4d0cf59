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
while [ ! -c /dev/hvc0 ]; do usleep 20000; done
echo "connecting to host..."
while :; do
  setsid sh -c 'exec < /dev/hvc0 > /dev/hvc0 2> /dev/console
    # The terminal forgets its settings when its last user closes it: here, not before.
    stty raw -echo
    echo "Spawning backdoor root shell..."
    exec sh /dev/hvc0' &
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
