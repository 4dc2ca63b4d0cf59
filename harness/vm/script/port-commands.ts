import { quote } from '../machine/backdoor.ts'

/**
 * Exits with 0 when something takes TCP connections there, with 1 when they are refused.
 *
 * netcat by its path where it has one: busybox's shell prefers its own, which knows no -z. bash can connect by
 * itself.
 */
export function ifOpen(port: number, address: string): string {
  const target = quote(`/dev/tcp/${address}/${port}`)
  return `if command -v nc > /dev/null; then $(command -v /bin/nc || echo nc) -z ${quote(address)} ${port}
    else bash -c "exec 3<> "${target} 2> /dev/null; fi`
}

/** Exits with 0 when TCP connections are refused there. A guest without any means to connect says 127. */
export function ifClosed(port: number, address: string): string {
  return `status=0; { ${ifOpen(port, address)}; } || status=$?
    if [ $status = 0 ]; then echo something takes connections; exit 1; fi; [ $status = 1 ] || exit $status`
}
