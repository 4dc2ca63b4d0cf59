# A GitLab runner whose jobs have KVM. README.md tells how to register it.
{ config, lib, pkgs, ... }:
let
  cfg = config.vmproof.gitlab-runner;
  inherit (lib) mkOption types;

  # What the machine and the Nix daemon keep for themselves.
  reservedMiB = 2048;
  concurrent = lib.max 1 ((cfg.memoryMiB - reservedMiB) / cfg.memoryPerJobMiB);

  tokenFile = tags: mkOption {
    type = types.nullOr types.str;
    default = null;
    example = "/run/secrets/gitlab-runner";
    description = ''
      File with `CI_SERVER_URL=https://gitlab.example` and `CI_SERVER_TOKEN=glrt-...`, the token of a runner that was
      made in GitLab with the tags ${tags}. null: no such runner. A text, so that Nix does not copy the secret to its
      store, where everybody could read it.
    '';
  };

  common = tokenFile: {
    authenticationTokenConfigFile = tokenFile;
    limit = concurrent;
    # vmproof would take all memory that is free; several jobs share it.
    environmentVariables.VMPROOF_MEMORY = "${toString cfg.memoryPerJobMiB}M";
  };
in
{
  options.vmproof.gitlab-runner = {
    enable = lib.mkEnableOption "a GitLab runner whose jobs have KVM";
    shell.tokenFile = tokenFile "`nix` and `kvm`";
    docker = {
      tokenFile = tokenFile "`kvm`";
      image = mkOption {
        type = types.str;
        default = "node:20-bookworm";
        description = "Image of jobs that name none.";
      };
    };
    memoryMiB = mkOption {
      type = types.ints.positive;
      example = 65536;
      description = "Memory of the machine. Nix cannot look at it.";
    };
    memoryPerJobMiB = mkOption {
      type = types.ints.positive;
      default = 8192;
      description = "What the VMs of one job may take. So many jobs run at once as fit into the memory.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.shell.tokenFile != null || cfg.docker.tokenFile != null;
        message = "vmproof.gitlab-runner: set shell.tokenFile, docker.tokenFile, or both";
      }
      {
        assertion = cfg.memoryMiB - reservedMiB >= cfg.memoryPerJobMiB;
        message = "vmproof.gitlab-runner: memoryMiB holds no job of memoryPerJobMiB beside ${toString reservedMiB} MiB";
      }
    ];

    # Whichever the processor has.
    boot.kernelModules = [ "kvm-intel" "kvm-amd" ];

    # The daemon's users build the tests: kvm is believed when it is here, and the sandbox lets the device in.
    nix.settings.system-features = [ "kvm" "nixos-test" "benchmark" "big-parallel" ];

    services.gitlab-runner = {
      enable = true;
      settings.concurrent = concurrent;
      # A job that is running is not worth less than a new configuration.
      gracefulTermination = true;
      gracefulTimeout = "2h";
      # For jobs of the shell executor.
      extraPackages = [ pkgs.git pkgs.nix pkgs.nodejs pkgs.qemu_kvm ];
      services =
        lib.optionalAttrs (cfg.shell.tokenFile != null) {
          vmproof-shell = common cfg.shell.tokenFile // { executor = "shell"; };
        }
        // lib.optionalAttrs (cfg.docker.tokenFile != null) {
          vmproof-docker = common cfg.docker.tokenFile // {
            executor = "docker";
            dockerImage = cfg.docker.image;
            # The device alone: containers need not be privileged for KVM.
            registrationFlags = [ "--docker-devices /dev/kvm" ];
          };
        };
    };

    # The service has a user of its own, which is not in the group of the device.
    systemd.services.gitlab-runner.serviceConfig.SupplementaryGroups = [ "kvm" ];
  };
}
