#!/usr/bin/env bash
# `pnpm test`: lint, types, then every test. The closing line counts them; nothing is skipped silently.
set -u
cd "$(dirname "$0")/../.."
[ "${1:-}" = "--" ] && shift
status=0
pnpm_exec() { node_modules/.bin/"$@"; }

# The HTML report is tested in a real browser. Whoever runs vmproof needs none, so `vmproof setup` installs none.
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
install_browser() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  echo 'installing chromium for the tests of the HTML report'
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium; } </dev/null >/dev/null && has_browser
}

pnpm_exec biome check . || status=1
pnpm_exec tsc --noEmit || status=1
pnpm_exec tsc --noEmit -p harness/page || status=1
pnpm_exec tsc --noEmit -p harness/test/browser || status=1
pnpm_exec tsc --noEmit -p harness/page || status=1
pnpm_exec tsc --noEmit -p harness/test/browser || status=1
node harness/bin.mjs setup --yes || status=1
has_browser || install_browser || echo >&2 'the tests of the HTML report will fail: they need chromium on the PATH
  sudo apt-get install chromium'
results=$(mktemp)
trap 'rm -f "$results"' EXIT
pnpm_exec vitest run --reporter=default --reporter=json --outputFile.json="$results" "$@" || status=1
node harness/test/count.mjs "$results" || status=1
exit $status
