import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine }) => {
  await machine.succeed('echo about to panic')
  await machine.succeed('echo c > /proc/sysrq-trigger')
  await machine.succeed('echo never reached')
})
