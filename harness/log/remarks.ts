import { startAnew } from './nodes.ts'
import type { Story } from './story.ts'

/** What the driver says of a node in one line, `NODE: ...`; everything else is the script's `machine.log`. */
export const remarkForms = {
  // machine: starting vm
  started: /^(?:starting vm|starting container|systemd-nspawn running \(pid \d+\)|QEMU running \(pid \d+\))$/,
  // machine: QEMU running (pid 8964)
  running: /^(?:QEMU|systemd-nspawn) running \(pid \d+\)$/,
  // machine: connected to guest root shell
  connected: /^connected to guest root shell$/,
  // machine: (connecting took 2.39 seconds)
  connecting: /^\(connecting took (\d+\.\d+) seconds\)$/,
  // machine: forced crash
  crashed: /^forced crash$/,
  // machine: output: out-line-1
  output: /^output:(?: |$)/,
  // machine: Last chance to match /login:/ on TTY1, which currently contains: ...
  lastChance: /^(?:Last chance to match .* which currently contains: |Last OCR attempt failed\. Text was: )/,
  // machine: Guest shell says: b'Spawning backdoor root shell...\n'
  other:
    /^(?:Guest shell says: b|Guest root shell did not produce any data yet| {2}To debug, enter the VM|Terminal is ready \(there is no|Closing connection to the console|deleting (?:VM|machine) state directory|if you want to keep the)/,
}

/** @returns false when it is none of the driver's own remarks */
export function readRemark(story: Story, name: string, text: string, line: number): boolean {
  const node = story.nodes.get(name)
  if (remarkForms.started.test(text)) {
    node.started = true
    node.pid = /\(pid (\d+)\)/.exec(text)?.[1] ?? node.pid
    if (remarkForms.running.test(text)) story.sink.event({ type: 'nodeStarted', node: name, line })
    else startAnew(node)
    return true
  }
  if (remarkForms.connected.test(text)) {
    node.booted = true
    node.poweredOff = false
    return true
  }
  const connecting = remarkForms.connecting.exec(text)
  if (connecting) {
    story.sink.event({ type: 'nodeBooted', node: name, seconds: Number(connecting[1]), line })
    return true
  }
  if (remarkForms.crashed.test(text)) {
    node.poweredOff = true
    return true
  }
  return readOutput(story, name, text) || remarkForms.other.test(text)
}

function readOutput(story: Story, name: string, text: string): boolean {
  const isOutput = remarkForms.output.test(text)
  if (!isOutput && !remarkForms.lastChance.test(text)) return false
  const step = story.blocks.innermost(
    ({ form, node, output }) =>
      form.role === 'step' &&
      node === name &&
      output === null &&
      (!isOutput || form.kind === 'succeed' || story.told !== null),
  )
  if (!step) return false
  const first = isOutput ? text.slice('output: '.length) : text.replace(remarkForms.lastChance, '')
  story.outputs.begin(step, first, story.lastLine)
  return true
}
