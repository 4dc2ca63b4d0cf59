#!/usr/bin/env bash
# `pnpm test`: lint, types, then every test. The closing line counts them; nothing is skipped silently.
set -u
cd "$(dirname "$0")/../.."
[ "${1:-}" = "--" ] && shift
status=0
pnpm_exec() { node_modules/.bin/"$@"; }
pnpm_exec biome check . || status=1
pnpm_exec tsc --noEmit || status=1
node harness/bin.mjs setup --yes || status=1
results=$(mktemp)
trap 'rm -f "$results"' EXIT
pnpm_exec vitest run --reporter=default --reporter=json --outputFile.json="$results" "$@" || status=1
node harness/test/count.mjs "$results" || status=1
exit $status
