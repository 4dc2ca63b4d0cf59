import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine, startAll }) => {
  await startAll()
  await machine.succeed('echo never reached')
})
