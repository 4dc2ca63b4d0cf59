import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { projectRoot } from '../../helpers/project-root.ts'
import { useNix } from '../nix/nix-lab.ts'

/** What the module makes of a machine. */
interface Made {
  assertions: { assertion: boolean; message: string }[]
  boot: { kernelModules: string[] }
  nix: { settings: { 'system-features': string[] } }
  services: { 'gitlab-runner': { settings: { concurrent: number }; services: Record<string, Service> } }
  systemd: { services: { 'gitlab-runner': { serviceConfig: { SupplementaryGroups: string[] } } } }
}

type Service = Record<string, unknown>

/** Options of `services.gitlab-runner.services.<name>` in nixpkgs that have an effect with `glrt-` tokens. */
const serviceOptions = [
  ...['authenticationTokenConfigFile', 'buildsDir', 'cloneUrl', 'debugTraceDisabled', 'description'],
  ...[
    'dockerAllowedImages',
    'dockerAllowedPrivilegedServices',
    'dockerAllowedServices',
    'dockerDisableCache',
  ],
  ...['dockerExtraHosts', 'dockerImage', 'dockerPrivileged', 'dockerPullPolicy', 'dockerServicesPrivileged'],
  ...[
    'dockerVolumes',
    'environmentVariables',
    'executor',
    'limit',
    'postBuildScript',
    'postGetSourcesScript',
  ],
  ...['preBuildScript', 'preGetSourcesScript', 'registrationFlags', 'requestConcurrency'],
]

/** Evaluates the module with as little of NixOS as it looks at: options that are not set have their defaults. */
function make(set: string): Made {
  const expression = `
    let
      lib = {
        mkOption = option: option // { _type = "option"; };
        mkEnableOption = _: { _type = "option"; default = false; };
        mkIf = condition: value: if condition then value else { };
        max = a: b: if a > b then a else b;
        optionalAttrs = condition: value: if condition then value else { };
        types = { str = null; nullOr = _: null; ints.positive = null; };
      };
      filled = options: set:
        if (options._type or null) == "option" then (if set == null then options.default else set)
        else builtins.mapAttrs (name: inner: filled inner (if set == null then null else set.\${name} or null)) options;
      pkgs = { git = "git"; nix = "nix"; nodejs = "nodejs"; qemu_kvm = "qemu_kvm"; };
      made = import ${projectRoot}/suites/nixos/runner/module.nix {
        inherit lib pkgs;
        config.vmproof.gitlab-runner = filled made.options.vmproof.gitlab-runner (${set});
      };
    in made.config`
  const args = ['--eval', '--strict', '--json', '--expr', expression]
  return JSON.parse(execFileSync('nix-instantiate', args, { encoding: 'utf8' }))
}

const both = `{ enable = true; memoryMiB = 65536; memoryPerJobMiB = 12288;
  shell.tokenFile = "/run/secrets/shell"; docker.tokenFile = "/run/secrets/docker"; }`

test('both executors get KVM, and nothing that nixpkgs does not know or would ignore', () => {
  useNix()
  const { services, systemd, nix, assertions } = make(both)
  const runners = services['gitlab-runner'].services
  expect(Object.keys(runners)).toEqual(['vmproof-docker', 'vmproof-shell'])
  for (const runner of Object.values(runners)) {
    expect(Object.keys(runner).filter((option) => !serviceOptions.includes(option))).toEqual([])
  }
  expect(runners['vmproof-docker']).toMatchObject({
    authenticationTokenConfigFile: '/run/secrets/docker',
    dockerImage: 'node:20-bookworm',
    registrationFlags: ['--docker-devices /dev/kvm'],
  })
  expect(systemd.services['gitlab-runner'].serviceConfig.SupplementaryGroups).toContain('kvm')
  expect(nix.settings['system-features']).toEqual(expect.arrayContaining(['kvm', 'nixos-test']))
  expect(assertions.filter(({ assertion }) => !assertion)).toEqual([])
})

test('so many jobs run at once as the memory holds, and each is told its share', () => {
  useNix()
  const runner = make(both).services['gitlab-runner']
  expect(runner.settings.concurrent).toBe(5)
  expect(runner.services['vmproof-shell']).toMatchObject({
    limit: 5,
    environmentVariables: { VMPROOF_MEMORY: '12288M' },
  })
})

test('a machine that can hold no job, or a runner without a token, is refused', () => {
  useNix()
  const { assertions } = make('{ enable = true; memoryMiB = 4096; }')
  expect(assertions.map(({ assertion }) => assertion)).toEqual([false, false])
})

test('what is not enabled changes nothing', () => {
  useNix()
  expect(make('{ memoryMiB = 4096; }')).toEqual({})
})
