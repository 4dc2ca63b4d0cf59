import type { VmNode } from 'vmproof'
import { inPod } from './overlay.ts'

/** Guest that answers questions for names. */
export const dnsGuest = { packages: ['dnsmasq-base'] }

const domain = 'default.svc.cluster.local'

/** The whole name of a service. */
export function serviceName(service: string): string {
  return `${service}.${domain}`
}

/** Answers for services in the node's pod. For the cluster's other names it says that there are none. */
export async function serveNames(node: VmNode, services: Record<string, string>): Promise<void> {
  const records = Object.entries(services).map(
    ([name, address]) => `--host-record=${serviceName(name)},${address}`,
  )
  const options = ['--no-resolv', '--no-hosts', '--user=root', '--local=/cluster.local/', ...records]
  await node.succeed(inPod(`dnsmasq ${options.join(' ')}`))
}

/** Has the node's pod ask this server; `web` alone means the service `web`. */
export async function askForNames(node: VmNode, server: string): Promise<void> {
  await node.succeed(`printf 'nameserver ${server}\\nsearch ${domain}\\n' > /etc/netns/pod/resolv.conf`)
}
