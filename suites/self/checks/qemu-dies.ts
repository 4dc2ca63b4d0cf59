import { testScript } from '../../../harness/vm/script/test-script.ts'

export default testScript<'machine'>(async ({ machine }) => {
  await machine.succeed('echo alive')
  // Not machine.crash(), which a test may ask for: this QEMU dies as from the kernel's out-of-memory killer.
  setTimeout(() => machine.pid !== undefined && process.kill(machine.pid, 'SIGKILL'), 500)
  await machine.succeed('sleep 60')
  await machine.succeed('echo never reached')
})
