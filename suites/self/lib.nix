# What nixpkgs gives NixOS tests, for tests that need neither: a VM test derivation, its driver and its guest.
let
  # Nothing here is in a binary cache, and asking one costs seconds on a host without a network.
  # __noChroot: with `sandbox = relaxed` Nix lets these builders see the host; with `sandbox = true` it says so.
  hostBuild =
    system: attributes:
    derivation (
      {
        inherit system;
        builder = "/bin/sh";
        args = [ "-euc" attributes.script ];
        PATH = "/var/lib/vmproof/bin:/usr/local/bin:/usr/bin:/bin";
        allowSubstitutes = false;
        preferLocalBuild = true;
        __noChroot = true;
      }
      // removeAttrs attributes [ "script" ]
    );

  # Only what a derivation is made of, so that an edit elsewhere does not rebuild it.
  sources =
    paths:
    let
      root = toString ../..;
      startsWith = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
      wanted = file: builtins.any (path: file == path || startsWith "${path}/" file || startsWith "${file}/" path) paths;
    in
    builtins.path {
      path = ../..;
      name = "vmproof-sources";
      filter = file: _type: wanted (builtins.substring (builtins.stringLength root + 1) (-1) file);
    };

  driverSources = [ "harness/log" "harness/model" "harness/process" "harness/vm" ];

  bundle = ''
    bundle() {
      command -v esbuild >/dev/null && [ -x /var/lib/vmproof/bin/node ] || {
        echo "this host is not prepared for vmproof's own checks: run 'vmproof setup'" >&2
        exit 1
      }
      # That package draws consoles, which nobody asks for here.
      esbuild "$@" --bundle --platform=node --target=node20 --format=esm --sourcemap --log-level=warning \
        --external:@xterm/headless \
        --out-extension:.js=.mjs --outdir="$out/lib" --entry-names='[name]'
    }
  '';
in
{
  forSystem =
    system:
    let
      architecture = builtins.head (builtins.match "(.*)-linux" system);

      # Kernel and initramfs that every node boots.
      guest = hostBuild system {
        name = "vmproof-guest";
        src = sources [ "harness/vm/guest" ];
        inherit architecture;
        script = ''
          ${bundle}
          bundle "$src/harness/vm/guest/main.ts"
          node "$out/lib/main.mjs" "/var/lib/vmproof/guest/$architecture" "$out"
        '';
      };

      # The program that runs one test's script; `bin/nixos-test-driver` as NixOS's driver derivations have it.
      driver =
        name: config:
        hostBuild system {
          name = "nixos-test-driver-${name}";
          src = sources (driverSources ++ [ "suites/self/checks/${name}.ts" ]);
          config = builtins.toJSON (config // { inherit name; });
          passAsFile = [ "config" ];
          check = name;
          script = ''
            ${bundle}
            bundle --splitting "$src/harness/vm/main.ts" "$src/suites/self/checks/$check.ts"
            mkdir "$out/bin"
            cp "$configPath" "$out/config.json"
            cp "$src/suites/self/checks/$check.ts" "$out/lib/"
            cat > "$out/bin/nixos-test-driver" <<END
            #!/bin/sh
            PATH=\''${PATH:-/usr/bin:/bin} exec /var/lib/vmproof/bin/node --enable-source-maps "$out/lib/main.mjs" \
              --config "$out/config.json" --script "$out/lib/$check.mjs" --source "$out/lib/$check.ts" "\$@"
            END
            chmod +x "$out/bin/nixos-test-driver"
          '';
        };
    in
    {
      # nodes: as `nodes` of a NixOS test, of which `virtualisation.{memorySize,cores,vlans,qemu.options}` is
      # known here. The script is checks/NAME.ts.
      vmTest =
        {
          name,
          description,
          nodes,
          tags ? [ ],
          globalTimeout ? 60,
          features ? [ ],
        }:
        let
          describedNodes = builtins.mapAttrs (_: node: { virtualisation = defaults // node; }) nodes;
          defaults = {
            memorySize = 128;
            cores = 1;
            vlans = [ 1 ];
            qemu.options = [ ];
          };
          testDriver = driver name {
            globalTimeoutSeconds = globalTimeout;
            timeoutFactor = 1;
            topology = "simple";
            snapshots = null;
            nodes = map (
              node:
              let
                inherit (describedNodes.${node}) virtualisation;
              in
              {
                name = node;
                inherit architecture;
                accelerator = "tcg";
                diskSizesMiB = [ ];
                boot = {
                  type = "own";
                  kernel = "${guest}/kernel";
                  initrd = "${guest}/initrd";
                };
                memoryMiB = virtualisation.memorySize;
                inherit (virtualisation) cores vlans;
                qemuOptions = virtualisation.qemu.options;
              }
            ) (builtins.attrNames nodes);
          };
        in
        hostBuild system {
          name = "vm-test-run-${name}";
          requiredSystemFeatures = [ "nixos-test" ] ++ features;
          driver = testDriver;
          # A shell of its own in between turns the driver's death by a signal into an exit code, as NixOS has it.
          script = ''
            mkdir "$out"
            "$driver/bin/nixos-test-driver" -o "$out" || exit $?
          '';
        }
        // {
          nodes = describedNodes;
          driver = testDriver;
          meta = { inherit description; };
          vmproof = {
            inherit tags;
            timeout = globalTimeout + 60;
            accelerator = "tcg";
          };
        };

      plain =
        name: script:
        derivation {
          inherit name system;
          builder = "/bin/sh";
          args = [ "-euc" script ];
          allowSubstitutes = false;
        };
    };
}
