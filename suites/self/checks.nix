# The checks by name. What each must lead to stands in expected.json.
{ vmTest, plain }:
let
  check = name: attributes: vmTest ({ inherit name; tags = [ "self" ]; } // attributes);
  # Left out of a run without names, see vmproof.config.toml.
  meantToFail = name: attributes: check name ({ tags = [ "self" "meant-to-fail" ]; } // attributes);
  machine = { machine = { }; };
  twoNodes = { alpha = { }; beta = { }; };
in
{
  boots = check "boots" {
    description = "One node boots and runs commands";
    nodes = machine;
  };

  pair = check "pair" {
    description = "Two nodes reach each other over a virtual network";
    nodes = twoNodes;
  };

  tcp-transfer = check "tcp-transfer" {
    description = "A file passes between two nodes over TCP and arrives unchanged";
    nodes = twoNodes;
  };

  nondeterministic = check "nondeterministic" {
    description = "Passes, with another output each time: Nix's complaint about that must not fail it";
    nodes = machine;
  };

  needs-kvm = check "needs-kvm" {
    description = "Asks Nix for KVM (and then boots without): runs only where the feature is announced";
    nodes = machine;
    features = [ "kvm" ];
  };

  assertion-fails = meantToFail "assertion-fails" {
    description = "A command that must succeed exits with 3, inside a subtest";
    nodes = machine;
  };

  script-throws = meantToFail "script-throws" {
    description = "An assert of the test script itself does not hold";
    nodes = machine;
  };

  kernel-panic = meantToFail "kernel-panic" {
    description = "The guest's kernel panics while a command runs";
    nodes = machine;
  };

  qemu-dies = meantToFail "qemu-dies" {
    description = "QEMU is killed while a command runs";
    nodes = machine;
  };

  qemu-refuses = meantToFail "qemu-refuses" {
    description = "QEMU ends at once: it is asked for a machine that does not exist";
    nodes.machine.qemu.options = [ "-machine" "no-such-machine" ];
  };

  hangs = meantToFail "hangs" {
    description = "Waits for something that never comes, into the driver's global timeout";
    nodes = machine;
    # Boot included, on a host that is busy with other things.
    globalTimeout = 20;
  };

  flaky = meantToFail "flaky" {
    description = "Fails the first time, passes the second, and so on: see checks/flaky.ts";
    nodes = machine;
  };

  # No test: nothing boots, and it asks for no feature.
  not-a-test = plain "not-a-test" "echo 'a package, not a test' > $out";

  evaluation-fails = throw "this check cannot be evaluated, on purpose";
}
