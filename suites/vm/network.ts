import { type TestContext, type VmNode, vmCheck } from 'vmproof'
import { combinedGuest } from './lib/combined-guest.ts'
import { askForNames, dnsGuest, serveNames, serviceName } from './lib/dns.ts'
import {
  addPod,
  inPod,
  introduce,
  joinOverlay,
  type OverlayMember,
  overlayGuest,
  podAddress,
  tunnelTo,
} from './lib/overlay.ts'
import { stopwatch } from './lib/stopwatch.ts'
import { topologyCards, topologyGuest, wire } from './lib/topology.ts'

const member = {
  memory: '192M',
  vlans: topologyCards,
  guest: combinedGuest(overlayGuest, dnsGuest, topologyGuest),
}

/** What a cluster's pods see: an overlay as flannel builds it, and services by name. Each node has one pod. */
export default vmCheck({
  name: 'network',
  description: "Pods reach each other through flannel's VXLAN overlay, by address and by name of a service",
  tags: ['network'],
  timeout: '2m',
  topologies: ['simple', 'bonding-vlans'],
  nodes: { client: member, names: member, web: member },

  body: async (test) => {
    test.print('[PHASE 1] an overlay over three nodes')
    const { namesMember, webMember } = await formOverlay(test)
    test.print('[PHASE 2] from pod to pod')
    await passPackets(test, webMember)
    test.print('[PHASE 3] services by name')
    await nameServices(test, podAddress(namesMember), podAddress(webMember))
    test.print('[PHASE 4] a partition of the network below')
    await cutOff(test)
  },
})

type Test = TestContext<'client' | 'names' | 'web'>

async function formOverlay({ client, names, web, topology, startAll }: Test) {
  await startAll()
  const join = async (node: VmNode, subnet: number) => joinOverlay(node, await wire(node, topology), subnet)
  const members = await Promise.all([join(client, 1), join(names, 2), join(web, 3)])
  await introduce(members)
  await Promise.all(members.map(addPod))
  const [, namesMember, webMember] = members
  await client.waitUntilSucceeds(inPod(`ping -c 1 -W 1 ${podAddress(webMember)}`), { timeout: '20s' })
  return { namesMember, webMember }
}

async function passPackets({ client, subtest, metric }: Test, web: OverlayMember): Promise<void> {
  const pod = podAddress(web)
  await subtest('there and back', async () => {
    const answer = await client.succeed(inPod(`ping -c 10 -i 0.1 ${pod}`))
    // rtt min/avg/max/mdev = 5.161/20.363/38.324/13.678 ms
    const average = Number(/= [\d.]+\/([\d.]+)\//.exec(answer)?.[1])
    metric({ name: 'rtt', value: average, unit: 'ms', node: 'client' })
  })
  await subtest('packets may fill the tunnel, and no more', async () => {
    // 28 bytes of headers belong to the 1450 of a packet. -M do: nobody may cut it into fragments.
    await client.succeed(inPod(`ping -c 1 -W 5 -M do -s 1422 ${pod}`))
    await client.fail(inPod(`ping -c 1 -W 2 -M do -s 1423 ${pod} > /tmp/answer 2>&1`))
    await client.succeed("grep 'message too long, mtu=1450' /tmp/answer")
    await client.succeed(inPod(`ping -c 1 -W 5 -s 4000 ${pod}`))
  })
  await subtest('without its tunnel a pod is out of reach', async () => {
    await client.succeed(`bridge fdb delete ${tunnelTo(web)}`)
    await client.fail(inPod(`ping -c 2 -W 1 ${pod}`))
    await client.succeed(`bridge fdb add ${tunnelTo(web)}`)
    await client.succeed(inPod(`ping -c 1 -W 5 ${pod}`))
  })
}

async function nameServices({ client, names, web, ...test }: Test, server: string, pod: string) {
  await serveNames(names, { web: pod })
  for (const node of [client, web]) await askForNames(node, server)
  await web.succeed('mkdir /srv', 'dd if=/dev/urandom of=/srv/data bs=1M count=8', inPod('httpd -h /srv'))
  await test.subtest('a name leads to its service', async () => {
    for (const node of [client, web]) {
      const lookup = inPod(`nslookup ${serviceName('web')} | grep ${pod}`)
      await node.waitUntilSucceeds(lookup, { timeout: '10s' })
    }
    const receiving = stopwatch()
    await client.succeed(inPod('wget -q -O /tmp/data http://web/data'))
    test.metric({ name: 'overlay-rate', value: 8 / receiving(), unit: 'MiB/s', node: 'client' })
    const sum = await web.succeed('sha256sum < /srv/data')
    await client.succeed(`[ "$(sha256sum < /tmp/data)" = '${sum.trim()}' ]`)
  })
  await test.subtest('a name that nobody has does not exist', async () => {
    for (const node of [client, web]) {
      await node.fail(inPod(`nslookup ${serviceName('nobody')} > /tmp/answer 2>&1`))
      await node.succeed('grep NXDOMAIN /tmp/answer')
    }
  })
}

async function cutOff({ client, names, web, partition, heal }: Test): Promise<void> {
  const fetch = inPod('timeout 3 wget -q -O /dev/null http://web/data')
  partition([web], [client, names])
  await client.fail(fetch)
  // What is on the same side goes on.
  await client.succeed(inPod(`nslookup ${serviceName('web')}`))
  heal()
  await client.waitUntilSucceeds(fetch, { timeout: '20s' })
}
