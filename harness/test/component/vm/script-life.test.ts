import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agree } from '../../helpers/agreement.ts'
import { makeGuest } from '../../helpers/guest.ts'
import { scratchFolder } from '../../helpers/scratch.ts'

test('a node reboots, is seen on its screen, and dies of what its script did not want', async () => {
  const guest = makeGuest(scratchFolder())
  const { told, outputFolder } = await agree(
    { guest, file: import.meta.filename },
    {
      nodes: [{ qemuOptions: ['-device', 'VGA'] }],
      script: async ({ machine }) => {
        await machine.succeed('touch /tmp/here')
        await machine.screenshot('before')
        await machine.reboot()
        await machine.fail('test -e /tmp/here')
        await machine.execute('reboot; sleep 60')
      },
      outcome: 'failed',
      failure: {
        kind: 'node-died',
        assertion: 4,
        message: '[Errno 32] Broken pipe: the guest rebooted, which ends a node',
      },
      assertions: [
        'succeed touch /tmp/here: passed',
        'screenshot before.png: passed',
        'nested reboot: passed',
        'fail test -e /tmp/here: passed',
        'execute reboot; sleep 60: failed',
      ],
    },
  )
  expect(told.attachments).toEqual(['before.png'])
  const png = readFileSync(join(outputFolder, 'before.png'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
})
