import type { NixosInput } from '../profile/nixos-input.ts'

/** @returns a Nix string literal for any text, nothing in it being interpreted */
export function nixString(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('${', '\\${').replaceAll('\n', '\\n')
  return `"${escaped.replaceAll('\r', '\\r')}"`
}

/** Parts joined with dots as a person types them on a command line; quoted where Nix needs it. */
export function attributePath(parts: string[]): string {
  return parts.map((part) => (/^[A-Za-z_][\w'-]*$/.test(part) ? part : `"${part}"`)).join('.')
}

/** Text in front of a derivation's path in the trace of `factsFunction`. */
export const derivationMark = 'vmproof:derivation '

/** Text in front of the name of an attribute that `fileSet` misses; after a colon follow those that there are. */
export const missingMark = 'vmproof:missing '

/** A profile as Nix takes it. */
export interface NixProfile {
  /** Text of suites/nixos/lib/profile.nix. */
  module: string
  /** Its argument. */
  input: NixosInput
  timeoutFactor: number
}

/** A function from a set of checks to the facts about one of them; `RawFacts` in facts.ts is its result. */
export function factsFunction(name: string, profile: NixProfile | null): string {
  return `set: (${factsOfCheck}) (set.\${${nixString(name)}}) (${nixProfile(profile)})`
}

/** A function from a set of checks to the path of the interactive driver's derivation of one; null without one. */
export function interactiveDriverFunction(name: string): string {
  return `set: set.\${${nixString(name)}}.driverInteractive.drvPath or null`
}

function nixProfile(profile: NixProfile | null): string {
  if (profile === null) return 'null'
  const { module, input, timeoutFactor } = profile
  const argument = `(builtins.fromJSON ${nixString(JSON.stringify(input))})`
  return `{ timeoutFactor = ${timeoutFactor}; module = (${module}) ${argument}; }`
}

/**
 * The derivation comes first and is traced: should one of the facts behind it fail to evaluate in a way that
 * tryEval cannot catch (a missing attribute, a type error), the derivation is known all the same. The nodes'
 * needs cost nothing extra, because the derivation has already forced their configurations.
 *
 * A profile comes in by the test's own extension point. Its limit of time is the driver's, inside of the derivation;
 * whatever was written onto the test from outside is not on the extended one.
 */
const factsOfCheck = `uncalled: profile:
let
  allDefaults = f: builtins.all (x: x) (builtins.attrValues (builtins.functionArgs f));
  told = if builtins.isFunction uncalled && allDefaults uncalled then uncalled { } else uncalled;
  isExtensible = builtins.isAttrs told && (told ? extendNixOS || (told ? extend && told ? nodes));
  extended =
    if told ? extendNixOS then told.extendNixOS { inherit (profile) module; }
    else told.extend { modules = [ { defaults = profile.module; } ]; };
  limit = attempt (told.config.globalTimeout or null);
  longer = { _type = "override"; priority = 50; content = builtins.ceil (limit * profile.timeoutFactor); };
  check =
    if profile == null || !isExtensible then told
    else if profile.timeoutFactor != 1 && extended ? extend && builtins.isInt limit
    then extended.extend { modules = [ { globalTimeout = longer; } ]; }
    else extended;
  attempt = value:
    let result = builtins.tryEval (builtins.deepSeq value value);
    in if result.success then result.value else null;
  known = value: if builtins.isFunction value then null else value;
  node = name:
    let config = check.nodes.\${name}.config or check.nodes.\${name};
    in {
      inherit name;
      memoryMiB = attempt (config.virtualisation.memorySize or null);
      cores = attempt (config.virtualisation.cores or null);
      system = attempt (config.nixpkgs.hostPlatform.system or null);
    };
  hasNodes = (builtins.tryEval (builtins.isAttrs (check.nodes or null))).value;
  derivation = builtins.unsafeDiscardStringContext check.drvPath;
  facts = {
    inherit derivation;
    nodes = if hasNodes then map node (builtins.attrNames check.nodes) else null;
    hasDriver = check ? driver;
    hasVmScripts = check ? vmScripts;
    driver = attempt (builtins.unsafeDiscardStringContext (check.driver.drvPath or ""));
    timeout = attempt (known (told.meta.timeout or null));
    description = attempt (known (told.meta.description or null));
    declared = attempt (known (told.vmproof or null));
    inherit isExtensible;
  };
in
  if builtins.isAttrs check && check ? drvPath
  then builtins.seq derivation (builtins.trace ("${derivationMark}" + derivation) facts)
  else { notDerivation = builtins.typeOf check; }`

/**
 * The set of checks in a Nix file, functions on the way called with their defaults as nix-build does.
 *
 * @param file absolute; @param attribute path below it, dots between, or null for the file's own value
 */
export function fileSet(file: string, attribute: string | null): string {
  const parts = (attribute ?? '').split('.').filter((part) => part !== '')
  return `let
  allDefaults = f: builtins.all (x: x) (builtins.attrValues (builtins.functionArgs f));
  call = value: if builtins.isFunction value && allDefaults value then value { } else value;
  file = call (import (/. + ${nixString(file)}));
  names = set: if builtins.isAttrs set then builtins.concatStringsSep ", " (builtins.attrNames set) else "";
  step = set: name:
    if set ? \${name} then call set.\${name} else throw ("${missingMark}" + name + ": " + names set);
in builtins.foldl' step file [ ${parts.map(nixString).join(' ')} ]`
}
