#!/usr/bin/env bash
# `pnpm test`: lint, types, then every test. The closing line counts them; nothing is skipped silently.
set -u
cd "$(dirname "$0")/../.."
[ "${1:-}" = "--" ] && shift
status=0
pnpm_exec() { node_modules/.bin/"$@"; }

# What tests need and whoever runs vmproof does not, so that `vmproof setup` leaves it out.
# need PACKAGE CONSEQUENCE PROGRAM...   one of the programs will do
need() {
  local package=$1 consequence=$2
  shift 2
  command -v "$@" >/dev/null && return
  install "$package" && command -v "$@" >/dev/null && return
  echo >&2 "$consequence: $1 is not on the PATH
  sudo apt-get install $package"
}
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
need chromium 'the tests of the HTML report will fail' chromium chromium-browser google-chrome
need rsync 'the tests of pipelines run by gitlab-ci-local will fail' rsync
need libxml2-utils 'JUnit is not read with libxml2' xmllint
results=$(mktemp)
trap 'rm -f "$results"' EXIT
pnpm_exec vitest run --reporter=default --reporter=json --outputFile.json="$results" "$@" || status=1
node harness/test/count.mjs "$results" || status=1
exit $status
