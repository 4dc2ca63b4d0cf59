import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine, outputFolder }) => {
  const bootId = await machine.succeed('cat /proc/sys/kernel/random/boot_id')
  await writeFile(join(outputFolder, 'boot-id'), bootId)
})
