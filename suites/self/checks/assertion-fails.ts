import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine, subtest }) => {
  await machine.succeed('echo this holds')
  await subtest('this does not', async () => {
    await machine.succeed('echo some output; echo some error >&2; exit 3')
  })
  await machine.succeed('echo never reached')
})
