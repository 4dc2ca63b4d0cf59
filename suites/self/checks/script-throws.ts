import assert from 'node:assert/strict'
import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine, subtest }) => {
  await subtest('arithmetic', async () => {
    const lines = (await machine.succeed('seq 1 3')).trim().split('\n').length
    assert(lines === 4, `expected 4 lines, got ${lines}`)
  })
})
