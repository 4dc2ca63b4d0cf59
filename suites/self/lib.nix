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

  driverSources = [ "harness/log" "harness/model" "harness/process" "harness/profile" "harness/vm" ];

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

      # What makes that guest one whose links can be constrained: the host's iproute2 with its libraries and tables,
      # and the kernel's qdiscs. An archive of its own, because the kernel unpacks several behind each other.
      constrainable = hostBuild system {
        name = "vmproof-guest-constrainable";
        inherit guest architecture;
        script = ''
          export PATH="$PATH:/usr/sbin:/sbin"
          command -v tc > /dev/null || { echo "this host has no tc: install iproute2" >&2; exit 1; }
          material=/var/lib/vmproof/guest/$architecture
          mkdir -p "$out" root/usr/local/bin root/usr/lib/qdiscs
          cd root
          libraries=$(ldd "$(command -v ip)" "$(command -v tc)" | sed -n 's,^[^/]*\(/[^ ]*\) (.*,\1,p' | sort -u)
          for library in $libraries; do
            # The guest's /lib and /lib64 are links into usr.
            place=''${library#/usr}
            place=usr$place
            mkdir -p "$(dirname "$place")"
            cp -L "$library" "$place"
          done
          cp -L "$(command -v ip)" "$(command -v tc)" usr/local/bin
          for tables in /usr/lib/tc /usr/lib/*-linux-gnu/tc; do
            if [ -d "$tables" ]; then mkdir -p ".$tables"; cp -L "$tables"/*.dist ".$tables"; fi
          done
          for module in netem htb tbf; do cp "$material/modules/kernel/net/sched/sch_$module.ko" usr/lib/qdiscs; done
          cp "$guest/kernel" "$out"
          find . | "$material/busybox" cpio -o -H newc | cat "$guest/initrd" - > "$out/initrd"
        '';
      };

      # As much of NixOS as it takes to see what a module makes of a node.
      evaluated =
        module: node: described:
        module {
          config = {
            inherit (described) virtualisation;
            networking.hostName = node;
          };
          pkgs.iproute2 = "/usr/local";
          lib = {
            mkForce = value: value;
            mkIf = condition: value: if condition then value else null;
            escapeShellArgs =
              words:
              let
                quoted = word: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] word}'";
              in
              builtins.concatStringsSep " " (map quoted words);
          };
        };

      # The units of a module, each for one card, as the driver makes them hold. `script`s run to their end but for
      # those of outages, which have none.
      conditionsOf =
        { systemd, ... }:
        let
          inherit (systemd) services;
          cards = builtins.concatMap (unit: let card = builtins.match "vmproof-constrain-(.*)" unit; in if card == null then [ ] else card) (
            builtins.attrNames services
          );
        in
        map (
          card:
          let
            inherit (services."vmproof-constrain-${card}") script description;
            outages = services."vmproof-outages-${card}" or null;
          in
          {
            interface = card;
            expected = null;
            # Constraint of a profile on eth1: loss 1%%
            words = builtins.replaceStrings [ "%%" ] [ "%" ] (
              builtins.head (builtins.match "[^:]*: (.*)" description)
            );
            apply = ''
              for module in /usr/lib/qdiscs/*.ko; do busybox insmod "$module" 2> /dev/null || true; done
              # The guest's shell would take its own, which know nothing of this.
              ip() { /usr/local/bin/ip "$@"; }
              tc() { /usr/local/bin/tc "$@"; }
              ${script}
              ${if outages == null then "" else "( ${outages.script} ) < /dev/null > /dev/null 2>&1 &"}
            '';
          }
        ) cards;

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

      # module: what a module of NixOS makes of all nodes, as `extendNixOS` of nixpkgs' tests has it; null: none.
      testUnder =
        module:
        {
          name,
          description,
          nodes,
          tags ? [ ],
          globalTimeout ? 60,
          features ? [ ],
        }@test:
        let
          defaults = {
            memorySize = 128;
            cores = 1;
            vlans = [ 1 ];
            qemu.options = [ ];
          };
          bare = builtins.mapAttrs (_: node: { virtualisation = defaults // node; }) nodes;
          extensions = if module == null then { } else builtins.mapAttrs (evaluated module) bare;
          described = builtins.mapAttrs (node: { virtualisation }: {
            virtualisation = virtualisation // known (extensions.${node}.virtualisation or { });
          }) bare;
          known = set: removeAttrs set (builtins.filter (one: set.${one} == null) (builtins.attrNames set));
          testDriver = driver name {
            globalTimeoutSeconds = globalTimeout;
            timeoutFactor = 1;
            topology = "simple";
            snapshots = null;
            nodes = map (
              node:
              let
                inherit (described.${node}) virtualisation;
                conditions = if module == null then [ ] else conditionsOf extensions.${node};
                image = if conditions == [ ] then guest else constrainable;
              in
              {
                name = node;
                inherit architecture conditions;
                accelerator = "tcg";
                diskSizesMiB = [ ];
                boot = {
                  type = "own";
                  kernel = "${image}/kernel";
                  initrd = "${image}/initrd";
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
          nodes = described;
          driver = testDriver;
          extendNixOS = { module, ... }: testUnder module test;
          meta = { inherit description; };
          vmproof = {
            inherit tags;
            timeout = globalTimeout + 60;
            accelerator = "tcg";
          };
        };
    in
    {
      # nodes: as `nodes` of a NixOS test, of which `virtualisation.{memorySize,cores,vlans,qemu.options}` is
      # known here. The script is checks/NAME.ts.
      vmTest = testUnder null;

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
