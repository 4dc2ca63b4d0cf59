import { historyCache, inRepository, type WorkflowOptions } from './pipeline.ts'

/** A step of a workflow, as YAML has it. */
export type Step = Record<string, unknown>

/**
 * Majors by tag, so that they get their mends by themselves: the first ones that run on Node.js 24, because runners drop
 * Node.js 20. All are GitHub's own but the one for Nix.
 */
export const actions = {
  checkout: 'actions/checkout@v5',
  setupNode: 'actions/setup-node@v6',
  cache: 'actions/cache@v5',
  restore: 'actions/cache/restore@v5',
  save: 'actions/cache/save@v5',
  upload: 'actions/upload-artifact@v6',
  download: 'actions/download-artifact@v7',
  nix: 'cachix/install-nix-action@v31',
} as const

/** The device is there on hosted runners, and belongs to a group that nobody is in. */
export const kvmLines = [
  `echo 'KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"' |`,
  '  sudo tee /etc/udev/rules.d/99-kvm4all.rules',
  'sudo udevadm control --reload-rules',
  'sudo udevadm trigger --name-match=kvm',
]

/** What GitHub puts a value for. */
export function expression(text: string): string {
  return `\${{ ${text} }}`
}

const guestsOf = `vmproof-${expression('runner.os')}-${expression('runner.arch')}-`

/** Fetches the project and what starts vmproof in it. */
export function checkoutSteps({ image, before, install }: WorkflowOptions): Step[] {
  const lines = before ?? install
  return [
    { uses: actions.checkout, with: { 'persist-credentials': false } },
    // A container brings its own.
    ...(image === null
      ? [{ uses: actions.setupNode, with: { 'node-version': 22, 'package-manager-cache': false } }]
      : []),
    ...(lines.length > 0 ? [{ name: 'Packages', run: script(lines) }] : []),
  ]
}

/** All of a job that runs checks; what differs between jobs comes from the matrix. */
export function checkSteps(options: WorkflowOptions, about: { hasNix: boolean; isAlone: boolean }): Step[] {
  const { program, image, out } = options
  const path = inRepository(options, out)
  return [
    ...checkoutSteps(options),
    ...(about.hasNix && image === null ? [{ if: 'matrix.nix', uses: actions.nix }] : []),
    {
      name: 'Cache of guests',
      uses: actions.cache,
      with: {
        path: '~/.cache/vmproof',
        key: `${guestsOf}${expression('github.run_id')}`,
        'restore-keys': guestsOf,
      },
    },
    {
      name: 'What checks need of the machine',
      // A self-hosted runner is somebody's machine.
      if: 'matrix.hosted',
      env: { KIND: expression('matrix.kind') },
      run: script([`${program} setup --yes \${KIND:+--kind "$KIND"}`]),
    },
    ...(image === null ? [kvmStep] : []),
    ...restoreHistory(options),
    runStep(program, about.isAlone),
    ...(about.isAlone ? saveHistory(options) : []),
    {
      name: 'What the runner lacks',
      if: "failure() && steps.run.outputs.exit-code == '4'",
      run: script([`${program} doctor || true`]),
    },
    {
      name: 'Reports',
      if: 'always()',
      uses: actions.upload,
      with: {
        name: expression('matrix.artifact'),
        path: uploaded(path, `!${path}/latest`, `!${path}/latest/**`),
        overwrite: true,
        ...(about.isAlone ? {} : { 'retention-days': 7 }),
      },
    },
  ]
}

/**
 * What an artifact takes of the folder of all runs. One name that a guest gave, like `08:00.log`, and GitHub would refuse
 * the whole.
 */
export function uploaded(folder: string, ...left: string[]): string {
  const unwanted = '*[":<>|*?]*'
  return [
    folder,
    ...left,
    `!${folder}/history/**`,
    `!${folder}/**/${unwanted}`,
    `!${folder}/**/${unwanted}/**`,
  ].join('\n')
}

/** What earlier workflows measured, as far as they are of this branch or the default one. */
export function restoreHistory(options: WorkflowOptions): Step[] {
  if (!options.keepsHistory) return []
  const { name, path } = historyCache(options)
  const start = `${name}-`
  const key = `${start}${expression('github.run_id')}`
  return [{ name: 'History', uses: actions.restore, with: { path, key, 'restore-keys': start } }]
}

/** Caches are never changed, so each workflow makes a new one; what failed is worth knowing, too. */
export function saveHistory(options: WorkflowOptions): Step[] {
  if (!options.keepsHistory) return []
  const { name, path } = historyCache(options)
  const key = `${name}-${expression('github.run_id')}-${expression('github.run_attempt')}`
  return [{ name: 'Keep the history', if: 'always()', uses: actions.save, with: { path, key } }]
}

/** After everything was installed, because that may take the permission back. */
const kvmStep: Step = {
  name: 'KVM for everybody',
  if: 'matrix.hosted',
  run: script(['[ -e /dev/kvm ] || exit 0', ...kvmLines]),
}

function runStep(program: string, isAlone: boolean): Step {
  return {
    name: 'Checks',
    id: 'run',
    env: { ARGUMENTS: expression('matrix.arguments') },
    run: script([
      ...(isAlone ? [] : ['# The last job shows a summary of all.', 'export GITHUB_STEP_SUMMARY=/dev/null']),
      'mapfile -t arguments <<< "$ARGUMENTS"',
      '# A cancelled job sends its signal to this shell alone, which keeps it: vmproof takes its place.',
      `exec ${program} "\${arguments[@]}"`,
    ]),
  }
}

/** A text that GitHub takes for a text: `${{` in it begins no expression. */
export function literal(text: string): string {
  return text.replace(/\$(?=\{\{)/g, () => expression("'$'"))
}

/** Lines of a shell. */
export function script(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
