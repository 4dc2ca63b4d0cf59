import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vmCheck } from 'vmproof'
import { stopwatch } from './lib/stopwatch.ts'

export default vmCheck({
  name: 'smoke',
  description: 'One node boots and does as it is told',
  tags: ['quick'],
  timeout: '1m',
  nodes: { machine: { memory: '128M' } },

  body: async ({ machine, subtest, expect, outputFolder }) => {
    await subtest('a Linux kernel runs', async () => {
      await machine.succeed('uname -s | grep -x Linux')
      await machine.succeed('hostname | grep -x machine')
    })

    await subtest('it has the memory that was asked for', async () => {
      // MemTotal:         104256 kB
      const mebibytes = Number(await machine.succeed("awk '/MemTotal/ { print $2 / 1024 }' /proc/meminfo"))
      // The kernel keeps some for itself and does not count it.
      expect({ name: 'memory', value: mebibytes, unit: 'MiB', node: 'machine' }).toBeBetween(64, 128)
    })

    await subtest('a command answers with its status and its output', async () => {
      const { status, output } = await machine.execute('echo said; exit 42')
      assert.equal(status, 42)
      assert.equal(output, 'said\n')
      await machine.fail('false | cat', 'test -e /nowhere')
    })

    await subtest('files and all bytes pass unharmed, in both directions', async () => {
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
      const bytes = Buffer.concat([everyByte, randomBytes(1024 * 1024)])
      const sent = join(outputFolder, 'sent')
      writeFileSync(sent, bytes)
      await machine.copyFromHost(sent, '/tmp/file')
      const returned = await machine.copyFromVm('/tmp/file', 'returned')
      assert.deepEqual(readFileSync(returned), bytes)
    })

    await subtest('its clock is right and goes at the right speed', async () => {
      const ahead = Number(await machine.succeed('date +%s')) - Date.now() / 1000
      expect({ name: 'clock-ahead', value: ahead, unit: 's', node: 'machine' }).toBeNear(0, { absolute: 5 })
      const second = stopwatch()
      await machine.succeed('sleep 1')
      expect({ name: 'second', value: second(), unit: 's', node: 'machine' }).toBeBetween(0.9, 5)
    })
  },
})
