#!/usr/bin/env bash
# `pnpm test`: lint, types, then every test. The closing line counts them; nothing is skipped silently.
set -u
cd "$(dirname "$0")/../.."
[ "${1:-}" = "--" ] && shift
status=0
pnpm_exec() { node_modules/.bin/"$@"; }

# The HTML report is tested in a real browser, pipelines by gitlab-ci-local, which copies with rsync. Whoever runs vmproof needs
# neither, so `vmproof setup` installs neither.
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
has_rsync() { command -v rsync >/dev/null; }
install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  echo "installing $1 for the tests"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$1"; } </dev/null >/dev/null
}

pnpm_exec biome check . || status=1
pnpm_exec tsc --noEmit || status=1
pnpm_exec tsc --noEmit -p harness/page || status=1
pnpm_exec tsc --noEmit -p harness/test/browser || status=1
node harness/bin.mjs setup --yes || status=1
has_browser || { install chromium && has_browser; } || echo >&2 'the tests of the HTML report will fail: they need chromium on the PATH
  sudo apt-get install chromium'
has_rsync || { install rsync && has_rsync; } || echo >&2 'the tests of pipelines will fail: they need rsync
  sudo apt-get install rsync'
results=$(mktemp)
trap 'rm -f "$results"' EXIT
pnpm_exec vitest run --reporter=default --reporter=json --outputFile.json="$results" "$@" || status=1
node harness/test/count.mjs "$results" || status=1
exit $status
