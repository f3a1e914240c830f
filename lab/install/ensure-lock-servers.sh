#!/bin/sh
# Makes sure of the servers that LEASE_BACKEND may need, named as arguments by their kinds or by the lease backends (none:
# those of all): on the PATH or where Debian puts them, else from apt: see apt-servers.sh.
set -eu
# Containers bring their own.
case "${RUNTIME:-auto}" in
  compose) exit 0 ;;
  auto) docker version >/dev/null 2>&1 && exit 0 ;;
esac
here=$(dirname "$0")
missing=$(PATH=$here/../../node_modules/.bin:$PATH node "$here/missing-lock-servers.ts" "$@")
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086
exec "$here/apt-servers.sh" $missing
