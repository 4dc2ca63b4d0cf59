/** Where a guest keeps the script below. */
export const identityPath = '/bin/vmproof-identity'

/**
 * Makes a booted guest a certain node of a test; for busybox's shell. At boot it gets the words of the kernel's
 * command line, after the restoring of a snapshot those of the node that the guest is to be now. Words:
 * `vmproof.node=NAME`, `vmproof.mac=ethN@MAC`, `vmproof.address=ethN@IP/24`, `vmproof.hosts=NAME@IP,…`; others are
 * passed over. What an earlier call gave a card is taken away.
 */
export const identityScript = `#!/bin/busybox sh
ip() { busybox ip "$@"; }
for word in "$@"; do
  value=\${word#*=}
  card=\${value%%@*}
  case $word in
    vmproof.node=*)
      busybox hostname "$value"
      echo "$value" > /etc/hostname
      echo "$value" | busybox md5sum | busybox cut -c 1-32 > /etc/machine-id ;;
    vmproof.mac=*)
      ip link set "$card" down
      ip link set "$card" address "\${value#*@}"
      ip link set "$card" up ;;
    vmproof.address=*)
      ip address flush dev "$card"
      ip address add "\${value#*@}" dev "$card"
      ip link set "$card" up ;;
    vmproof.hosts=*)
      { echo '127.0.0.1 localhost'
        echo "$value" | busybox tr ',' '\\n' | while IFS=@ read -r name ip; do echo "$ip $name"; done
      } > /etc/hosts ;;
  esac
done
`
