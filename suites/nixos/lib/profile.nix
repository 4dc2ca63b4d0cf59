# A NixOS module for all nodes of a test: it puts a profile's constraints on the network cards of the test's vlans at
# boot, before the network comes up and before the test driver gets a shell. vmproof gives the argument, translated from
# the profile's file (harness/profile/nixos-input.ts describes it), and injects the module by the test's own extendNixOS
# or extend. Nothing is imported here: the text must stand for itself in a pure evaluation.
{ card, links, limits }:
{ config, lib, pkgs, ... }:
let
  node = config.virtualisation.test.nodeName or config.networking.hostName;

  # Name of each card of a vlan to the vlan's number; eth0, the way to the host, is none of them.
  numbered = builtins.genList (index: {
    name = "eth${toString (index + 1)}";
    value = builtins.elemAt config.virtualisation.vlans index;
  }) (builtins.length config.virtualisation.vlans);
  vlans =
    if config.virtualisation ? allInterfaces then
      builtins.mapAttrs (_: one: one.vlan) config.virtualisation.allInterfaces
    else
      builtins.listToAttrs numbered;

  fitsNode = { pattern, negated }: (builtins.match pattern node != null) != negated;
  isMeant =
    { type, ... }@on: name:
    {
      all = true;
      interface = on.name or null == name;
      vlan = on.number or null == vlans.${name};
    }
    .${type};
  constrained = builtins.concatMap (
    name:
    map (link: link // { inherit name; }) (
      builtins.filter (link: fitsNode link.nodes && isMeant link.on name) links
    )
  ) (builtins.attrNames vlans);

  # The commands are the same as those of vmproof's own driver; only the card's name is put in.
  line = name: command: lib.escapeShellArgs (map (word: if word == card then name else word) command);
  script = name: commands: builtins.concatStringsSep "\n" ([ "set -e" ] ++ map (line name) commands ++ [ "" ]);

  device = name: "sys-subsystem-net-devices-${name}.device";
  constrain = link: {
    name = "vmproof-constrain-${link.name}";
    value = {
      # To systemd a single % means something.
      description = "Constraint of a profile on ${link.name}: ${builtins.replaceStrings [ "%" ] [ "%%" ] link.words}";
      wantedBy = [ "multi-user.target" ];
      # No shell for a test that believes in a constraint which is not there.
      requiredBy = [ "backdoor.service" ];
      before = [ "backdoor.service" "network-pre.target" ];
      wants = [ "network-pre.target" ];
      after = [ (device link.name) ];
      bindsTo = [ (device link.name) ];
      path = [ pkgs.iproute2 ];
      unitConfig = {
        DefaultDependencies = false;
        # The test ends at once, and its console tells why.
        FailureAction = "poweroff-force";
      };
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        StandardOutput = "journal+console";
        StandardError = "journal+console";
      };
      script = script link.name (
        link.apply
        ++ [
          [ "echo" "vmproof: constrained ${link.name}: ${link.words}" ]
          [ "tc" "qdisc" "show" "dev" link.name ]
        ]
      );
    };
  };
  flap = link: {
    name = "vmproof-outages-${link.name}";
    value = {
      description = "Outages of a profile on ${link.name}";
      wantedBy = [ "multi-user.target" ];
      after = [ "vmproof-constrain-${link.name}.service" ];
      bindsTo = [ "vmproof-constrain-${link.name}.service" ];
      path = [ pkgs.iproute2 ];
      script = ''
        while sleep ${link.outage.there}; do
          ${line link.name link.outage.down}
          sleep ${link.outage.gone}
          ${line link.name link.outage.up}
        done
      '';
    };
  };

  # Of several limits that fit, later ones win.
  limit =
    name:
    builtins.foldl' (
      before: one: if fitsNode one.nodes && one.${name} != null then one.${name} else before
    ) null limits;
  forced = value: lib.mkIf (value != null) (lib.mkForce value);
in
{
  boot.kernelModules = [ "sch_netem" "sch_htb" "sch_tbf" ];
  systemd.services = builtins.listToAttrs (
    map constrain constrained ++ map flap (builtins.filter (link: link.outage != null) constrained)
  );
  virtualisation.memorySize = forced (limit "memoryMiB");
  virtualisation.cores = forced (limit "cores");
}
