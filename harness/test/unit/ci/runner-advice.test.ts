import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { detectCi } from '../../../ci/detect.ts'
import { adviceFor, type Runner } from '../../../ci/runner-advice.ts'
import { checkConfig } from '../../../filesystem/config-schema.ts'
import { defaultConfig } from '../../../model/config.ts'
import type { Labels } from '../../../model/labels.ts'

const runner = (system: 'github' | 'gitlab' | 'other', facts: Partial<Runner> = {}): Runner => ({
  job: { system, title: 'CI' },
  kvm: 'works',
  architecture: 'x86_64',
  isContainer: false,
  isHosted: null,
  tags: null,
  lacksNix: false,
  memoryMiB: 15 * 1024,
  tooLarge: null,
  ...facts,
})

const only = (facts: Runner, labels: Labels | null = null) => {
  const advice = adviceFor(facts, labels)
  expect(advice).toHaveLength(1)
  return advice[0] as (typeof advice)[number]
}

test.each(['github', 'gitlab', 'other'] as const)(
  'a runner that lacks nothing is told nothing: %s',
  (system) => {
    expect(adviceFor(runner(system), null)).toEqual([])
    expect(adviceFor(runner(system, { kvm: 'broken' }), null)).toEqual([])
  },
)

describe('GitHub', () => {
  test('a device that may not be opened gets the rule, as a step that YAML understands', () => {
    const { lines } = only(runner('github', { kvm: 'not-permitted', isHosted: true }))
    const [step] = parse(lines.join('\n')) as { run: string }[]
    expect(step?.run.split('\n').filter(Boolean)).toEqual([
      `echo 'KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"' |`,
      '  sudo tee /etc/udev/rules.d/99-kvm4all.rules',
      'sudo udevadm control --reload-rules',
      'sudo udevadm trigger --name-match=kvm',
    ])
  })

  test('on a machine of one’s own its user joins the group instead', () => {
    const { lines } = only(runner('github', { kvm: 'not-permitted', isHosted: false }))
    expect(lines.at(-1)).toBe('sudo usermod -aG kvm "$USER"')
  })

  test.each(['absent', 'forbidden'] as const)('a container gets the device: %s', (kvm) => {
    const { lines } = only(runner('github', { kvm, isContainer: true }))
    expect(parse(lines.join('\n'))).toEqual({ options: '--device /dev/kvm' })
  })

  test('hosted arm64 machines without KVM are told as what they are', () => {
    const { text, lines } = only(runner('github', { kvm: 'absent', architecture: 'aarch64', isHosted: true }))
    expect(text).toContain('arm64')
    expect(configOf(lines).labels).toMatchObject({ aarch64: ['self-hosted', 'arm64'] })
  })

  test('another hosted machine without it is named one that has it', () => {
    const { lines } = only(runner('github', { kvm: 'absent' }))
    expect(parse(lines.join('\n'))).toEqual({ 'runs-on': 'ubuntu-24.04' })
  })

  test('Nix is a step', () => {
    const { lines } = only(runner('github', { lacksNix: true }))
    expect(parse(lines.join('\n'))).toEqual([{ uses: 'cachix/install-nix-action@v31' }])
  })
})

describe('GitLab', () => {
  test.each(['absent', 'forbidden'] as const)('a docker executor without the device: %s', (kvm) => {
    const { lines } = only(runner('gitlab', { kvm, isContainer: true }))
    expect(parseToml(lines.join('\n'))).toEqual({ runners: { docker: { devices: ['/dev/kvm'] } } })
  })

  test('a shell executor without the permission', () => {
    const { lines } = only(runner('gitlab', { kvm: 'not-permitted' }))
    expect(lines.at(-1)).toBe('sudo usermod -aG kvm gitlab-runner')
  })

  test('a machine without KVM, and one without Nix, are not the ones to ask', () => {
    expect(parse(only(runner('gitlab', { kvm: 'absent' })).lines.join('\n'))).toEqual({ tags: ['kvm'] })
    expect(parse(only(runner('gitlab', { lacksNix: true })).lines.join('\n'))).toEqual({ tags: ['nix'] })
  })

  test('a tag that is missing, or that promises too much', () => {
    expect(only(runner('gitlab', { tags: ['docker'] })).text).toContain('not the tag kvm')
    expect(adviceFor(runner('gitlab', { tags: ['kvm'] }), null)).toEqual([])
    expect(only(runner('gitlab', { tags: ['kvm'], kvm: 'broken' })).text).toContain('no KVM that works')
    const labels = { all: [], kvm: ['vm', 'metal'], nix: [], aarch64: [], largeMemory: null }
    expect(only(runner('gitlab', { tags: ['vm'] }), labels).text).toContain('not the tag metal')
  })
})

test('memory below what a check needs is told with the label that finds more', () => {
  const tooLarge = { name: 'k3s"\n', memoryMiB: 20 * 1024 }
  const { text, lines } = only(runner('github', { tooLarge }))
  expect(text).toBe(
    '"k3s\\"\\n" needs 20 GiB of memory for its VMs, this runner has 15 GiB: it is skipped here',
  )
  expect(configOf(lines).labels?.largeMemory).toEqual({
    aboveMiB: 15 * 1024,
    tags: ['self-hosted', 'large-memory'],
  })
  expect(only(runner('other', { tooLarge })).lines).toEqual([])
})

test('a CI that nothing is known of is not given lines for another', () => {
  const job = detectCi({ JENKINS_URL: 'x' })
  expect(
    adviceFor({ ...runner('other', { kvm: 'absent', lacksNix: true }), job: job as Runner['job'] }, null),
  ).toEqual([])
})

/** The configuration that lines for it come to. */
function configOf(lines: string[]) {
  const config = checkConfig(parseToml(lines.join('\n')), defaultConfig('/w'))
  if (Array.isArray(config)) throw new Error(JSON.stringify(config))
  return config
}
