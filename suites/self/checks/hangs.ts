import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine }) => {
  await machine.succeed('echo waiting from here on')
  await machine.waitForFile('/tmp/never')
})
