{
  description = "Checks that must pass, fail, hang, panic and more: the harness's own test material";

  # No inputs: evaluation is pure and needs no network. The builders use what `vmproof setup` put on the host
  # below /var/lib/vmproof, and the host's QEMU.

  outputs = _: {
    checks = builtins.listToAttrs (
      map (system: {
        name = system;
        value = import ./checks.nix ((import ./lib.nix).forSystem system);
      }) [ "x86_64-linux" "aarch64-linux" ]
    );
  };
}
