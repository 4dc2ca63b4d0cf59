import { describe, expect, test } from 'vitest'
import { commandText, runCommand } from '../../../host/command.ts'
import { UserError } from '../../../model/user-error.ts'

const shell = (script: string) => ({ program: 'sh', args: ['-c', script] })

describe('a command of setup', () => {
  test('gives back its standard output, not its standard error', async () => {
    expect(await runCommand(shell('echo out; echo err >&2'), null)).toBe('out\n')
  })

  test('that fails is an error with its last lines and its code', async () => {
    const script =
      'i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo "line $i"; done; echo "E: broken" >&2; exit 100'
    const error = await runCommand(shell(script), null).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    const { message, hints, exitCode } = error as UserError
    expect(message).toMatch(/^setup failed: sh -c .*: 100$/)
    expect(hints).toContain('E: broken')
    expect(hints).toContain('line 40')
    expect(hints).not.toContain('line 1')
    expect(exitCode).toBe(4)
  })

  test('that does not exist says so', async () => {
    const missing = runCommand({ program: 'no-such-program', args: [] }, null)
    await expect(missing).rejects.toThrow(/no-such-program: .*ENOENT/)
  })

  test('cannot wait for input', async () => {
    expect(await runCommand(shell('cat; echo end'), null)).toBe('end\n')
  })

  test('goes through sudo only where it needs root', async () => {
    const apt = {
      program: 'apt-get',
      args: ['install', 'a b'],
      asRoot: true,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    }
    expect(commandText(apt, true)).toBe("sudo DEBIAN_FRONTEND=noninteractive apt-get install 'a b'")
    expect(commandText(apt, false)).toBe("DEBIAN_FRONTEND=noninteractive apt-get install 'a b'")
    expect(commandText({ ...apt, asRoot: false }, true)).not.toContain('sudo')
    // `env` stands in for sudo: both take assignments and then a command.
    const command = { ...shell('echo "$GREETING"'), asRoot: true, env: { GREETING: 'hello' } }
    expect(await runCommand(command, 'env')).toBe('hello\n')
  })
})
