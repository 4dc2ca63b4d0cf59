import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine, startAll, subtest }) => {
  await startAll()
  await machine.waitForFile('/proc/version')
  await machine.succeed('uname -a', 'echo hello')
  await machine.fail('test -e /never')
  await subtest('a process comes and goes', async () => {
    await machine.succeed('(sleep 0.5; touch /tmp/ready) >/dev/null 2>&1 &')
    await machine.waitForFile('/tmp/ready')
  })
  await machine.shutdown()
})
