#!/bin/sh
# Makes sure that there is a Redis server: on the PATH, else from apt where that is possible and allowed.
set -eu
command -v redis-server >/dev/null || command -v valkey-server >/dev/null && exit 0
if [ "${DOGPILE_INSTALL:-1}" != 0 ] && [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing redis-server with apt-get (DOGPILE_INSTALL=0 forbids this)"
  log=$(mktemp)
  if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server; } >"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  echo "apt-get failed: see $log" >&2
fi
echo "dogpile-lab: there is no redis-server or valkey-server. Type: apt-get install redis-server, or brew install redis" >&2
exit 1
