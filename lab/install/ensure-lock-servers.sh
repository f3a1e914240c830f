#!/bin/sh
# Makes sure of the servers that LEASE_BACKEND may need: on the PATH or where Debian puts them, else from apt: see
# apt-servers.sh. The arguments name kinds of servers or lease backends; without any, all.
set -eu
here=$(dirname "$0")
missing=$(PATH=$here/../../node_modules/.bin:$PATH node "$here/missing-lock-servers.ts" "$@")
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086
exec "$here/apt-servers.sh" $missing
