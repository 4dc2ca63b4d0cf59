import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { suite, suiteProject } from '../helpers/suites.ts'
import { vmproof } from '../helpers/vmproof.ts'

/** Guests are made once for all tests, and for the user. */
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache') }

/** A check whose script fails under these profiles, before it needs its node. */
function failingUnder(name: string, profiles: (string | null)[]): string {
  return suite(
    name,
    "nodes: { machine: { memory: '128M', vlans: [] } }",
    `if (${JSON.stringify(profiles)}.includes((context as any).profile)) throw new Error('no')
    await (context as any).machine.succeed('true')`,
  )
}

/** A project with profiles that change nothing but the name. */
function project(suites: Record<string, (string | null)[]>, profiles: string[] = []): string {
  const files = Object.entries(suites).map(([name, failing]) => [
    `${name.replace(/\W/g, '-')}.ts`,
    failingUnder(name, failing),
  ])
  const folder = suiteProject(Object.fromEntries(files))
  mkdirSync(join(folder, 'profiles'))
  for (const name of profiles) {
    const text = `description = "Nothing"\nimitates = "Nothing"\nsource = "No numbers"\n`
    writeFileSync(join(folder, 'profiles', `${name}.toml`), text)
  }
  return folder
}

/** Runs, takes the last line of what it says, and has a shell execute that, but only to see what it selects. */
async function selectedAgain(folder: string, args: string[]): Promise<{ command: string; ids: string[] }> {
  const { stdout } = await vmproof(args, folder, env)
  const command = /^again {3}(.*)$/.exec(stdout.trimEnd().split('\n').at(-1) ?? '')?.[1] ?? stdout
  const planned = execFileSync('sh', ['-c', command.replace(/ (run|sweep) /, ' $1 --dry-run --json ')], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  const { plan: items } = JSON.parse(planned) as { plan: { instance: string }[] }
  return { command, ids: items.map(({ instance }) => instance).sort() }
}

test('the last line of a run selects what failed and nothing else', async () => {
  const folder = project({ fine: [], bad: [null], 'not-so-good': [null] })
  const { command, ids } = await selectedAgain(folder, ['run', '--accel', 'tcg', '--timeout=2m'])
  expect(command).toMatch(/ run --accel tcg --timeout 2m bad not-so-good$/)
  expect(ids).toEqual(['bad', 'not-so-good'])
})

test('that of a run under a profile goes under it again', async () => {
  const folder = project({ fine: [], bad: ['other'] }, ['other'])
  const { command, ids } = await selectedAgain(folder, ['run', '--profile', 'other'])
  expect(command).toMatch(/ run --profile other bad$/)
  expect(ids).toEqual(['bad@other'])
})

test('that of a sweep puts each under its own profile', async () => {
  const folder = project({ fine: [], bad: ['one', 'two'], picky: ['two'] }, ['one', 'two', 'three'])
  const { command, ids } = await selectedAgain(folder, ['sweep'])
  expect(command).toMatch(/ run bad@one bad@two picky@two$/)
  expect(ids).toEqual(['bad@one', 'bad@two', 'picky@two'])
})

test('so many that no command line holds them are asked of the newest run', async () => {
  const names = Array.from(
    { length: 12 },
    (_, at) => `a-check-with-a-name-of-some-length-that-fails-${at + 10}`,
  )
  const folder = project({ fine: [], ...Object.fromEntries(names.map((name) => [name, [null]])) })
  const { command, ids } = await selectedAgain(folder, ['run'])
  expect(command).toMatch(/ run --last-failed '\*'$/)
  expect(ids).toEqual(names)
})
