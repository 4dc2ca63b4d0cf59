import type { Labels } from '../model/labels.ts'
import { formatMemory } from '../model/units.ts'
import type { CiJob } from './detect.ts'
import { kvmLines } from './github-steps.ts'

/** What stands between a job and its KVM. */
export type KvmState =
  | 'works'
  /** There is no device. */
  | 'absent'
  /** Its owner and mode keep this user out. */
  | 'not-permitted'
  /** The rules of the container around the job keep it out. */
  | 'forbidden'
  /** It opens, and guests do not boot under it; or nobody could try. */
  | 'broken'

/** The machine that a job runs on, as far as the job can see. */
export interface Runner {
  job: Pick<CiJob, 'system' | 'title'>
  kvm: KvmState
  architecture: string
  isContainer: boolean
  /** The CI system's own machine; null: nobody says. */
  isHosted: boolean | null
  /** Its tags, where the CI system tells a job. */
  tags: string[] | null
  /** Nix is wanted, and not there. */
  lacksNix: boolean
  memoryMiB: number
  /** The check that needs most memory of all that are known to be too large for it. */
  tooLarge: { name: string; memoryMiB: number } | null
}

/** Something that the runner lacks, in the words of its CI. */
export interface RunnerAdvice {
  id: 'kvm' | 'nix' | 'memory' | 'tags'
  /** One line. */
  text: string
  /** To add to the workflow or to the runner's configuration; the first says where. */
  lines: string[]
}

/** What the runner lacks, and what to add where. @param labels null: the configuration says nothing of runners */
export function adviceFor(runner: Runner, labels: Labels | null): RunnerAdvice[] {
  return [...kvmAdvice(runner), ...nixAdvice(runner), ...memoryAdvice(runner), ...tagAdvice(runner, labels)]
}

function kvmAdvice(runner: Runner): RunnerAdvice[] {
  const advice = (text: string, lines: string[]): RunnerAdvice[] => [{ id: 'kvm', text, lines }]
  const { job, kvm, isContainer } = runner
  if (kvm === 'works' || kvm === 'broken' || job.system === 'other') return []
  if (kvm === 'not-permitted') return notPermitted(runner)
  if (isContainer) {
    const text = `the container of this job has no /dev/kvm, so VMs are emulated`
    return job.system === 'github'
      ? advice(text, ['# in the workflow, beside `image:` of the container', 'options: --device /dev/kvm'])
      : advice(text, [
          '# in config.toml of the runner; only if the machine itself has KVM',
          '[runners.docker]',
          '  devices = ["/dev/kvm"]',
        ])
  }
  return absent(runner)
}

function notPermitted({ job, isHosted }: Runner): RunnerAdvice[] {
  const text = 'this machine has KVM, and the user of this job may not open it, so VMs are emulated'
  if (job.system === 'github' && isHosted !== false) {
    const lines = [
      '# in the workflow, before the step that runs vmproof',
      '- run: |',
      ...kvmLines.map((line) => `    ${line}`),
    ]
    return [{ id: 'kvm', text, lines }]
  }
  const user = job.system === 'gitlab' ? 'gitlab-runner' : '"$USER"'
  return [
    {
      id: 'kvm',
      text,
      lines: [
        '# once on the machine of the runner, which is then started again',
        `sudo usermod -aG kvm ${user}`,
      ],
    },
  ]
}

function absent({ job, architecture, isHosted }: Runner): RunnerAdvice[] {
  const text = 'this machine has no KVM, so VMs are emulated'
  if (job.system === 'gitlab') {
    const lines = ['# in the job: a runner that has it', 'tags: [kvm]']
    return [{ id: 'kvm', text: isHosted ? `${text}; GitLab's own runners offer none` : text, lines }]
  }
  if (isHosted === false) return []
  const isArm = architecture === 'aarch64'
  return [
    isArm
      ? {
          id: 'kvm',
          text: `${text}; few of GitHub's arm64 runners have it`,
          lines: [
            '# in vmproof.config.toml, for `vmproof ci github`: a runner of your own',
            '[labels]',
            'aarch64 = ["self-hosted", "arm64"]',
          ],
        }
      : { id: 'kvm', text, lines: ['# in the workflow: a runner that has it', 'runs-on: ubuntu-24.04'] },
  ]
}

function nixAdvice({ job, lacksNix }: Runner): RunnerAdvice[] {
  if (!lacksNix || job.system === 'other') return []
  const text = 'there is no Nix, which checks of kind nixos are built by'
  return [
    job.system === 'github'
      ? {
          id: 'nix',
          text,
          lines: [
            '# in the workflow, before the step that runs vmproof',
            '- uses: cachix/install-nix-action@v31',
          ],
        }
      : { id: 'nix', text, lines: ['# in the job: a runner that has it', 'tags: [nix]'] },
  ]
}

function memoryAdvice({ job, memoryMiB, tooLarge }: Runner): RunnerAdvice[] {
  if (!tooLarge) return []
  const name = JSON.stringify(tooLarge.name)
  const text = `${name} needs ${formatMemory(tooLarge.memoryMiB)} of memory for its VMs, this runner has ${formatMemory(memoryMiB)}: it is skipped here`
  if (job.system === 'other') return [{ id: 'memory', text, lines: [] }]
  const tags = job.system === 'github' ? '["self-hosted", "large-memory"]' : '["large-memory"]'
  return [
    {
      id: 'memory',
      text,
      lines: [
        `# in vmproof.config.toml, for \`vmproof ci ${job.system}\`: runners that have more`,
        '[labels.large-memory]',
        `above = "${Math.floor(memoryMiB / 1024)}G"`,
        `tags = ${tags}`,
      ],
    },
  ]
}

/** Jobs are given out by tags: a runner that has what they name and not the tag stays idle, and the other way round. */
function tagAdvice({ job, kvm, tags }: Runner, labels: Labels | null): RunnerAdvice[] {
  if (job.system !== 'gitlab' || tags === null) return []
  const wanted = labels?.kvm ?? ['kvm']
  const missing = wanted.filter((tag) => !tags.includes(tag))
  if (kvm === 'works' && missing.length > 0) {
    const text = `this runner has KVM and not the tag ${missing.join(', ')}, so jobs that ask for KVM do not come to it`
    return [{ id: 'tags', text, lines: ['# add it on the page of the runner: Settings, CI/CD, Runners'] }]
  }
  if (kvm !== 'works' && wanted.length > 0 && missing.length === 0) {
    const text = `this runner has the tag ${wanted.join(', ')} and no KVM that works: jobs that need it fail here`
    return [
      { id: 'tags', text, lines: ['# take it off on the page of the runner: Settings, CI/CD, Runners'] },
    ]
  }
  return []
}
