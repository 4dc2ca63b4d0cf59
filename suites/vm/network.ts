import type { VmNode } from '../../harness/vm/script/node.ts'
import { vmCheck } from '../../harness/vm/suite.ts'
import { askForNames, dnsPackages, serveNames, serviceName } from './lib/dns.ts'
import { addPod, inPod, introduce, joinOverlay, overlayGuest, podAddress, tunnelTo } from './lib/overlay.ts'
import { stopwatch } from './lib/stopwatch.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

const guest = {
  ...overlayGuest,
  packages: [...overlayGuest.packages, ...topologyGuest.packages, ...dnsPackages],
  availableModules: topologyGuest.availableModules,
}
const member = { memory: '192M', vlans: topologyCards, guest }

export default vmCheck({
  name: 'network',
  description: "The network of a cluster: pods in flannel's VXLAN overlay, services by name, a partition",
  tags: ['network'],
  timeout: '2m',
  topologies: ['simple', 'bonding-vlans'],
  nodes: { client: member, names: member, web: member },

  body: async ({ client, names, web, topology, startAll, ...tools }) => {
    const { subtest, print, metric, partition, heal } = tools
    print('[PHASE 1] an overlay over three nodes')
    await startAll()
    const join = async (node: VmNode, subnet: number) => joinOverlay(node, await wire(node, topology), subnet)
    const [onClient, onNames, onWeb] = await Promise.all([join(client, 1), join(names, 2), join(web, 3)])
    await introduce([onClient, onNames, onWeb])
    await Promise.all([onClient, onNames, onWeb].map(addPod))
    const webPod = podAddress(onWeb)
    await client.waitUntilSucceeds(inPod(`ping -c 1 -W 1 ${webPod}`), { timeout: '20s' })

    print('[PHASE 2] from pod to pod')
    await subtest('there and back', async () => {
      const answer = await client.succeed(inPod(`ping -c 10 -i 0.1 ${webPod}`))
      // rtt min/avg/max/mdev = 5.161/20.363/38.324/13.678 ms
      const average = Number(/= [\d.]+\/([\d.]+)\//.exec(answer)?.[1])
      metric({ name: 'rtt', value: average, unit: 'ms', node: 'client' })
    })
    await subtest('packets may fill the tunnel, and no more', () => fillTunnel(client, webPod))
    await subtest('without its tunnel a pod is out of reach', async () => {
      await client.succeed(`bridge fdb delete ${tunnelTo(onWeb)}`)
      await client.fail(inPod(`ping -c 2 -W 1 ${webPod}`))
      await client.succeed(`bridge fdb add ${tunnelTo(onWeb)}`)
      await client.succeed(inPod(`ping -c 1 -W 5 ${webPod}`))
    })

    print('[PHASE 3] services by name')
    await serveNames(names, { web: webPod })
    for (const node of [client, web]) await askForNames(node, podAddress(onNames))
    await web.succeed('mkdir /srv', 'dd if=/dev/urandom of=/srv/data bs=1M count=8')
    await web.succeed(inPod('httpd -h /srv'))
    const name = serviceName('web')
    await subtest('a name leads to its service', async () => {
      for (const node of [client, web]) {
        await node.waitUntilSucceeds(inPod(`nslookup ${name} | grep ${webPod}`), { timeout: '10s' })
      }
      const received = stopwatch()
      await client.succeed(inPod('wget -q -O /tmp/data http://web/data'))
      metric({ name: 'overlay-rate', value: 8 / received(), unit: 'MiB/s', node: 'client' })
      const sum = await web.succeed('sha256sum < /srv/data')
      await client.succeed(`[ "$(sha256sum < /tmp/data)" = '${sum.trim()}' ]`)
    })
    await subtest('a name that nobody has does not exist', async () => {
      for (const node of [client, web]) {
        await node.fail(inPod(`nslookup ${serviceName('nobody')} > /tmp/answer 2>&1`))
        await node.succeed('grep NXDOMAIN /tmp/answer')
      }
    })

    print('[PHASE 4] a partition of the network below')
    const fetch = inPod('timeout 3 wget -q -O /dev/null http://web/data')
    partition([web], [client, names])
    await client.fail(fetch)
    await client.succeed(inPod(`nslookup ${name}`))
    heal()
    await client.waitUntilSucceeds(fetch, { timeout: '20s' })
  },
})

/** 28 bytes of headers belong to the 1450 of a packet. `-M do`: nobody may cut it into fragments. */
async function fillTunnel(from: VmNode, pod: string): Promise<void> {
  await from.succeed(inPod(`ping -c 1 -W 5 -M do -s 1422 ${pod}`))
  await from.fail(inPod(`ping -c 1 -W 2 -M do -s 1423 ${pod} > /tmp/answer 2>&1`))
  await from.succeed("grep 'message too long, mtu=1450' /tmp/answer")
  await from.succeed(inPod(`ping -c 1 -W 5 -s 4000 ${pod}`))
}
